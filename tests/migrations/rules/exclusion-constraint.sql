--- bad
ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&);
--- good
CREATE TABLE bookings (room int, EXCLUDE USING gist (room WITH =));
