#!/usr/bin/env bash
# Makes the two roles at the very first start: one owns and migrates, the other serves and owns nothing.
# /run/secrets/database_roles has two lines: the owner's password, the serving role's.
set -euo pipefail

{ read -r owner && read -r app; } < /run/secrets/database_roles
psql --set ON_ERROR_STOP=1 --set owner="$owner" --set app="$app" --username postgres <<'SQL'
CREATE ROLE tomada_owner LOGIN PASSWORD :'owner';
CREATE ROLE tomada_app LOGIN PASSWORD :'app';
CREATE DATABASE tomada OWNER tomada_owner;
REVOKE ALL ON DATABASE tomada FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE tomada TO tomada_app;
SQL
