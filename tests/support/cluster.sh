#!/usr/bin/env bash
# tests/support/cluster.sh: a disposable PostgreSQL 15 cluster in a folder of its own.
#
# Usage    cluster.sh start FOLDER     makes it and starts it; FOLDER is where its socket is
#          cluster.sh stop FOLDER      stops it and removes the folder
#          cluster.sh crash FOLDER     stops it at once, without a checkpoint, and keeps the folder
#          cluster.sh revive FOLDER    starts it again
#          cluster.sh url FOLDER NAME  the URL of a database
#          cluster.sh owner FOLDER PROGRAM [ARGUMENT]...   one of the server's programs, as its user
# Access   by its Unix socket only, user postgres, without a password; port 55433 is but a name.
# Durable  not at all: fsync is off, a test's data may die with the machine.
# User     as root it runs as postgres (or nobody), since PostgreSQL refuses root; else as yourself.
set -euo pipefail

verb=${1:?start, stop, crash, revive, url or owner}
folder=${2:?the folder of the cluster}
port=${VARVE_TEST_PORT:-55433}
programs=${VARVE_POSTGRES_BIN:-/usr/lib/postgresql/15/bin}

as_owner() {
    if [ "$(id -u)" -ne 0 ]; then
        "$@"
    else
        runuser -u "$(id -un postgres 2>/dev/null || echo nobody)" -- "$@"
    fi
}

start() {
    mkdir -p "$folder"
    folder=$(cd "$folder" && pwd)
    if [ "$(id -u)" -eq 0 ]; then chown "$(id -un postgres 2>/dev/null || echo nobody)" "$folder"; fi
    cd "$folder"
    as_owner "$programs/initdb" --pgdata="$folder/data" --username=postgres --auth=trust \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions >initdb.log 2>&1 ||
        { cat initdb.log >&2; return 1; }
    cat >>"$folder/data/postgresql.conf" <<SETTINGS
port = $port
listen_addresses = ''
unix_socket_directories = '$folder'
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = logical
max_connections = 200
max_worker_processes = 8
max_prepared_transactions = 10
autovacuum = off
SETTINGS
    revive
}

revive() {
    cd "$folder"
    as_owner "$programs/pg_ctl" --pgdata="$folder/data" --log="$folder/data/server.log" --wait \
        --silent start >/dev/null || { tail -20 "$folder/data/server.log" >&2; return 1; }
}

crash() {
    cd "$folder"
    as_owner "$programs/pg_ctl" --pgdata="$folder/data" --mode=immediate --silent stop >/dev/null
}

stop() {
    [ -d "$folder/data" ] && (cd "$folder" && as_owner "$programs/pg_ctl" \
        --pgdata="$folder/data" --mode=immediate --silent stop >/dev/null 2>&1) || true
    rm -rf "$folder"
}

case "$verb" in
    start) start ;;
    stop) stop ;;
    crash) crash ;;
    revive) revive ;;
    url) echo "postgresql://postgres@localhost:$port/${3:?a database}?host=$folder" ;;
    owner) cd "$folder" && as_owner "$programs/${3:?a program}" "${@:4}" ;;
    *) echo "cluster.sh: start, stop, crash, revive, url or owner, not $verb" >&2; exit 2 ;;
esac
