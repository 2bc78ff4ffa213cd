-- Run once by the database's administrator, with two passwords in the environment (arguments would show in `ps`):
--     OWNER=… APPLICATION=… psql -f roles.sql
--
-- sunlot_owner  owns the tables and runs migrations; nobody else changes tables or triggers. Used by install.sh alone.
-- sunlot        is the program. What it may do with each table is printed by `manage.py database_roles` after every migration.
\getenv owner OWNER
\getenv application APPLICATION
CREATE ROLE sunlot_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'owner';
CREATE ROLE sunlot LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT CONNECTION LIMIT 50 PASSWORD :'application';
CREATE DATABASE sunlot OWNER sunlot_owner TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8';
REVOKE ALL ON DATABASE sunlot FROM PUBLIC;
GRANT CONNECT ON DATABASE sunlot TO sunlot;
\connect sunlot
REVOKE ALL ON SCHEMA public FROM PUBLIC;
ALTER SCHEMA public OWNER TO sunlot_owner;
GRANT USAGE ON SCHEMA public TO sunlot;
