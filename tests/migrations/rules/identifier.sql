--- bad
CREATE TABLE "User" (id bigint);
--- bad
CREATE TABLE a ("order" text);
--- bad
CREATE INDEX a_name_that_goes_on_and_on_and_on_until_nobody_can_read_it_any_more ON a (b);
--- good
CREATE TABLE a_name_of_sixty_three_bytes_that_is_just_short_enough_for_this_ (Id bigint);
