# shellcheck shell=bash
# Sourced: a masthead server with the demo publication, on a free loopback port and a database of its own.
# `start_demo` sets MASTHEAD_URL and MASTHEAD_KEY; the caller must `trap stop_demo EXIT` first.

demo_dir=
demo_pid=

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

answers_200() {
  python3 - "$1" 2>/dev/null <<'PY'
import sys, urllib.request
sys.exit(urllib.request.urlopen(sys.argv[1], timeout=2).status != 200)
PY
}

start_demo() {
  local binary=$1
  demo_dir=$(mktemp -d)
  public_url=${MASTHEAD_PUBLIC_URL:-} serve "$binary" --demo || return 1
  MASTHEAD_KEY=$(printed_key "$demo_dir/out" "$demo_dir/err")
  if [ -z "$MASTHEAD_KEY" ]; then
    echo "the demo server printed no key" >&2
    return 1
  fi
  export MASTHEAD_KEY
}

# The same with the records of a file instead of the demo publication.
start_with_records() {
  local binary=$1 records=$2
  demo_dir=$(mktemp -d)
  (
    cd "$demo_dir" || exit
    export DATABASE_URL=sqlite://$demo_dir/demo.db RUST_LOG=warn
    "$binary" import --format ndjson "$records" >import.out 2>&1 || {
      cat import.out >&2
      exit 1
    }
    "$binary" key create --name checks --role admin >key
  ) || return 1
  MASTHEAD_KEY=$(cat "$demo_dir/key")
  export MASTHEAD_KEY
  serve "$binary"
}

# Serves what is in the database of `demo_dir`, or in `demo_database`, and waits until it answers.
serve() {
  local binary=$1 port deadline
  shift
  port=$(free_port)
  MASTHEAD_URL=http://127.0.0.1:$port
  # Started in its own folder: a `.env` beside the checkout must not change what is checked.
  (
    cd "$demo_dir" || exit
    unset MASTHEAD_PUBLIC_URL
    [ -z "${public_url:-}" ] || export MASTHEAD_PUBLIC_URL=$public_url
    exec env RUST_LOG="${RUST_LOG:-warn}" "$binary" serve "$@" --bind "127.0.0.1:$port" \
      --database-url "${demo_database:-sqlite://$demo_dir/demo.db}" --trusted-proxies 127.0.0.1 \
      --webhook-allowed-networks 127.0.0.1
  ) >"$demo_dir/out" 2>"$demo_dir/err" </dev/null &
  demo_pid=$!
  deadline=$((SECONDS + 90))
  until answers_200 "$MASTHEAD_URL/health/ready"; do
    if ! kill -0 "$demo_pid" 2>/dev/null || [ "$SECONDS" -ge "$deadline" ]; then
      echo "the server did not become ready:" >&2
      tail -n 40 "$demo_dir/out" "$demo_dir/err" >&2
      return 1
    fi
    sleep 0.2
  done
  export MASTHEAD_URL
}

# The key is the last long token on the line that speaks of it, or on the line after.
printed_key() {
  cat "$@" | grep -i -A 1 '\bkey\b' | grep -oE '[A-Za-z0-9_.~+/=-]{24,}' | tail -n 1 || true
}

demo_panicked() {
  grep -n 'panicked at' "$demo_dir/out" "$demo_dir/err"
}

stop_demo() {
  [ -n "$demo_pid" ] || return 0
  kill "$demo_pid" 2>/dev/null || true
  local deadline=$((SECONDS + 15))
  while kill -0 "$demo_pid" 2>/dev/null && [ "$SECONDS" -lt "$deadline" ]; do sleep 0.1; done
  kill -KILL "$demo_pid" 2>/dev/null || true
  wait "$demo_pid" 2>/dev/null || true
  demo_pid=
  rm -rf "$demo_dir"
}
