# shellcheck shell=bash
# Sourced: a stock nginx, nothing set but where to listen and what to pass on to, so that its buffers and time-outs are the
# default ones. The caller must `trap stop_nginx EXIT` first.

nginx_dir=

# Passes two ports on to the server at $3: $1 speaks HTTP/1.0 to it, as nginx does by default, $2 HTTP/1.1. Both serve it
# under the path $4 too, and say so to it.
start_nginx() {
  local old=$1 modern=$2 upstream=$3 prefix=$4 deadline
  nginx_dir=$(mktemp -d)
  cat >"$nginx_dir/nginx.conf" <<CONF
pid $nginx_dir/pid;
error_log $nginx_dir/error.log warn;
events {}
http {
  access_log $nginx_dir/access.log;
  client_body_temp_path $nginx_dir/body;
  proxy_temp_path $nginx_dir/proxy;
  fastcgi_temp_path $nginx_dir/fastcgi;
  uwsgi_temp_path $nginx_dir/uwsgi;
  scgi_temp_path $nginx_dir/scgi;
  server {
    listen 127.0.0.1:$old;
    location / { proxy_pass $upstream; }
    location $prefix/ {
      proxy_pass $upstream/;
      proxy_set_header X-Forwarded-Prefix $prefix;
    }
  }
  server {
    listen 127.0.0.1:$modern;
    proxy_http_version 1.1;
    location / { proxy_pass $upstream; }
    location $prefix/ {
      proxy_pass $upstream/;
      proxy_set_header X-Forwarded-Prefix $prefix;
    }
  }
}
CONF
  nginx -e "$nginx_dir/error.log" -c "$nginx_dir/nginx.conf" -g 'daemon off;' &
  deadline=$((SECONDS + 15))
  until answers_200 "http://127.0.0.1:$old/health/live" && answers_200 "http://127.0.0.1:$modern/health/live"; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      cat "$nginx_dir/error.log" >&2
      return 1
    fi
    sleep 0.1
  done
}

stop_nginx() {
  [ -n "$nginx_dir" ] || return 0
  [ ! -f "$nginx_dir/pid" ] || kill "$(cat "$nginx_dir/pid")" 2>/dev/null || true
  rm -rf "$nginx_dir"
  nginx_dir=
}
