# shellcheck shell=bash
# Sourced: nginx, Caddy and Varnish with the snippets of deploy/, each changed only in ports, certificate and folders.
# `start_deployed` fills `deployed_proxies`; the caller must `trap stop_deployed EXIT` first.

deployed_dir=
deployed_pids=()
deployed_proxies=()
deployed_second=

# Prints the snippet $2 for the server at $1; the other arguments are edits by sed. `deployed_second` is a second node.
adapted() {
  local upstream=${1#http://} file=$2 second
  second=${deployed_second:-$1}
  second=${second#http://}
  shift 2
  sed -e "s|127\.0\.0\.1:8080|$upstream|; s|/etc/ssl/masthead|$deployed_dir/tls|; s|\"8080\"|\"${upstream##*:}\"|" \
    -e "s|masthead-1:8080|$upstream|; s|masthead-2:8080|$second|; s|10\.89\.77\.0\"/24|127.0.0.1\"|" \
    -e "/\"masthead-2\"/,/port/ s|\"${upstream##*:}\"|\"${second##*:}\"|; s|\"masthead-[12]\"|\"127.0.0.1\"|" \
    "${@/#/-e}" "$file"
}

# Writes nginx and Varnish of compose.cluster.yaml for the server at $1 into the folder $2 of an nginx.
add_cluster() {
  local port varnish_port
  # Varnish reads by HTTP/1.1, whatever its clients speak.
  start_deployed_varnish "$1" deploy/container/cluster.vcl
  port=$(free_port)
  adapted "$1" deploy/container/cluster.nginx.conf "s|listen 80;|listen 127.0.0.1:$port;|" \
    "s|varnish:6081|127.0.0.1:$varnish_port|" >"$2/conf.d/cluster.conf"
  deployed_proxies+=("http://127.0.0.1:$port")
}

# Starts the nginx of the folder $1, whose conf.d and snippets are there.
run_nginx() {
  local dir=$1 paths
  paths=$(printf "%s_temp_path $dir/%s; " client_body client_body proxy proxy fastcgi fastcgi uwsgi uwsgi scgi scgi)
  cat >"$dir/nginx.conf" <<CONF
pid $dir/pid;
error_log $dir/error.log warn;
events {}
http { access_log $dir/access.log; $paths include conf.d/*.conf; }
CONF
  nginx -e "$dir/error.log" -c "$dir/nginx.conf" -t
  nginx -e "$dir/error.log" -c "$dir/nginx.conf" -g 'daemon off;' &
  deployed_pids+=($!)
}

# One nginx with every snippet, which speaks the version $2 of HTTP to the server at $1.
start_deployed_nginx() {
  local upstream=$1 version=$2 name port tls dir
  dir=$deployed_dir/nginx-$version
  mkdir -p "$dir/conf.d" "$dir/snippets"
  adapted "$upstream" deploy/nginx/snippets/masthead-proxy.conf "s|proxy_http_version 1.1|proxy_http_version $version|" \
    >"$dir/snippets/masthead-proxy.conf"
  for name in masthead masthead-tls masthead-prefix masthead-cache; do
    port=$(free_port)
    tls=$(free_port)
    adapted "$upstream" "deploy/nginx/$name.conf" "s|listen 80;|listen 127.0.0.1:$port;|" \
      "s|listen 443 |listen 127.0.0.1:$tls |" "s|/var/cache/nginx-masthead|$dir/cache|" >"$dir/conf.d/$name.conf"
    case $name in
      masthead-tls) deployed_proxies+=("https://localhost:$tls" "h2+https://localhost:$tls") ;;
      masthead-prefix) deployed_proxies+=("http://127.0.0.1:$port/content") ;;
      *) deployed_proxies+=("http://127.0.0.1:$port") ;;
    esac
  done
  add_cluster "$upstream" "$dir"
  run_nginx "$dir"
}

start_deployed_caddy() {
  local upstream=$1 tls prefixed file=$deployed_dir/Caddyfile pair
  tls=$(free_port)
  prefixed=$(free_port)
  pair="tls $deployed_dir/tls/fullchain.pem $deployed_dir/tls/privkey.pem"
  {
    printf '{\n\tadmin off\n\tauto_https off\n}\n'
    adapted "$upstream" deploy/caddy/Caddyfile "s|^api.example.org {|https://localhost:$tls {\n\t$pair|"
    adapted "$upstream" deploy/caddy/Caddyfile.prefix "s|^www.example.org {|http://127.0.0.1:$prefixed {|"
  } >"$file"
  HOME=$deployed_dir caddy validate --adapter caddyfile --config "$file" >"$deployed_dir/caddy.log" 2>&1
  HOME=$deployed_dir caddy run --adapter caddyfile --config "$file" >>"$deployed_dir/caddy.log" 2>&1 &
  deployed_pids+=($!)
  deployed_proxies+=("https://localhost:$tls" "h2+https://localhost:$tls" "http://127.0.0.1:$prefixed/content")
}

# Starts Varnish with the configuration $2 on the port $3, or a free one, which becomes `varnish_port`.
start_deployed_varnish() {
  local name
  name=$(basename "$2" .vcl)
  varnish_port=${3:-$(free_port)}
  adapted "$1" "$2" >"$deployed_dir/$name.vcl"
  varnishd -F -j none -n "$deployed_dir/varnish-$varnish_port" -a "127.0.0.1:$varnish_port" -f "$deployed_dir/$name.vcl" \
    -s malloc,64m -p http_gzip_support=off >"$deployed_dir/varnish-$name.log" 2>&1 &
  deployed_pids+=($!)
}

# The folder for what is started, and a certificate.
deployed_folder() {
  deployed_dir=$(mktemp -d)
  # The workers of nginx run as somebody else, and have folders of their own in it.
  chmod 755 "$deployed_dir"
  mkdir "$deployed_dir/tls"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost -out "$deployed_dir/tls/fullchain.pem" -keyout "$deployed_dir/tls/privkey.pem" 2>/dev/null
}

until_deployed() {
  local proxy deadline=$((SECONDS + 30))
  for proxy in "${deployed_proxies[@]}"; do
    until SSL_CERT_FILE=$deployed_dir/tls/fullchain.pem answers_200 "${proxy#h2+}/health/live"; do
      if [ "$SECONDS" -ge "$deadline" ]; then
        echo "$proxy does not answer" >&2
        tail -n 20 "$deployed_dir"/*.log "$deployed_dir"/nginx-*/error.log >&2
        return 1
      fi
      sleep 0.1
    done
  done
}

start_deployed() {
  local varnish_port
  deployed_folder
  start_deployed_nginx "$1" 1.0
  start_deployed_nginx "$1" 1.1
  start_deployed_caddy "$1"
  start_deployed_varnish "$1" deploy/varnish/masthead.vcl
  deployed_proxies+=("http://127.0.0.1:$varnish_port")
  until_deployed
}

# nginx and Varnish of compose.cluster.yaml alone, before the nodes at $1 and $2.
start_cluster() {
  local dir
  deployed_folder
  deployed_second=$2
  dir=$deployed_dir/nginx-cluster
  mkdir -p "$dir/conf.d" "$dir/snippets"
  cp deploy/nginx/snippets/masthead-proxy.conf "$dir/snippets/"
  add_cluster "$1" "$dir"
  run_nginx "$dir"
  until_deployed
}

stop_deployed() {
  [ -n "$deployed_dir" ] || return 0
  kill "${deployed_pids[@]}" 2>/dev/null || true
  wait "${deployed_pids[@]}" 2>/dev/null || true
  rm -rf "$deployed_dir"
  deployed_dir=
}
