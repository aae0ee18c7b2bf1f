--- bad
CREATE ROLE admin SUPERUSER;
--- bad
ALTER ROLE shop BYPASSRLS;
--- good
CREATE ROLE shop NOSUPERUSER LOGIN;
--- bad
GRANT pg_monitor, pg_execute_server_program TO deployer;
--- good
GRANT pg_monitor TO deployer;
--- good
REVOKE pg_execute_server_program FROM deployer;
