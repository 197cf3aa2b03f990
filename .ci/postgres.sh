# shellcheck shell=bash
# Sourced: a throw-away PostgreSQL. `start_postgres` sets postgres_url; the caller must `trap stop_postgres EXIT` first.

postgres_dir=
postgres_url=

# PostgreSQL refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then
    runuser -u postgres -- env "PATH=$PATH" "$@"
  else
    "$@"
  fi
}

start_postgres() {
  local port
  port=$(free_port)
  postgres_dir=$(mktemp -d)
  [ "$(id -u)" != 0 ] || chown postgres "$postgres_dir"
  as_postgres initdb -D "$postgres_dir/data" -U masthead -A trust -E UTF8 --no-sync >/dev/null
  as_postgres pg_ctl -D "$postgres_dir/data" -l "$postgres_dir/log" -w \
    -o "-p $port -k $postgres_dir -c listen_addresses=127.0.0.1 -c fsync=off" start >/dev/null
  postgres_url=postgres://masthead@127.0.0.1:$port/postgres
}

stop_postgres() {
  [ -n "$postgres_dir" ] || return 0
  as_postgres pg_ctl -D "$postgres_dir/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$postgres_dir"
  postgres_dir=
}
