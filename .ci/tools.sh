# shellcheck shell=bash
# Sourced: finds or installs what the checks need. Packages go to target/ci, once for each set of pinned
# versions; programs of the system come from Debian's packages, and only when they are missing.

target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
tools=$target/ci

apt_install() {
  local as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  echo "installing Debian packages: $*"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "$@" </dev/null >/dev/null
}

# Puts initdb and pg_ctl on PATH. Debian keeps them in a folder of their version.
postgres_tools() {
  command -v initdb >/dev/null && command -v pg_ctl >/dev/null && return
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || apt_install postgresql
  local newest
  newest=$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1)
  export PATH="$PATH:${newest%/initdb}"
}

# A library by which a process sees another time.
faketime_tools() {
  compgen -G '/usr/lib/*/faketime/libfaketime.so.1' >/dev/null || apt_install libfaketime
}

# Programs that save pages as text.
saver_tools() {
  local missing=() program
  for program in w3m lynx html2text; do
    command -v "$program" >/dev/null || missing+=("$program")
  done
  [ "${#missing[@]}" = 0 ] || apt_install "${missing[@]}"
}

browser_tools() {
  command -v chromium >/dev/null || apt_install chromium
}

feed_tools() {
  command -v jing >/dev/null || apt_install jing
  command -v newsboat >/dev/null || apt_install newsboat
}

# Debian starts nginx when it installs it; the checks start their own.
nginx_tools() {
  command -v nginx >/dev/null || PATH=$PATH:/usr/sbin command -v nginx >/dev/null || apt_install nginx
  command -v nginx >/dev/null || export PATH="$PATH:/usr/sbin"
}

# The other programs that deploy/ has snippets for.
deploy_tools() {
  local missing=()
  command -v caddy >/dev/null || missing+=(caddy)
  command -v promtool >/dev/null || missing+=(prometheus)
  compgen -G '/usr/lib/*/varnish/vmods/libvmod_xkey.so' >/dev/null || missing+=(varnish varnish-modules)
  command -v openssl >/dev/null || missing+=(openssl)
  [ "${#missing[@]}" = 0 ] || apt_install "${missing[@]}"
  command -v varnishd >/dev/null || export PATH="$PATH:/usr/sbin"
}

# Programs of Cargo and the root of `fresh_root` are made once for each machine, and not for each checkout.
cargo_tools=${CI_TOOLS:-${XDG_CACHE_HOME:-$HOME/.cache}/masthead-ci}

# Puts the program $1 of version $2 on PATH. Unoptimised: building one takes longer than all that it does here.
cargo_tool() {
  export PATH="$cargo_tools/bin:$PATH"
  grep -qs "^\"$1 $2 " "$cargo_tools/.crates.toml" && return
  cargo install --debug --quiet --locked --root "$cargo_tools" --version "$2" "$1"
}

release_tools() {
  command -v debootstrap >/dev/null || apt_install debootstrap
  command -v systemd-nspawn >/dev/null || apt_install systemd-container
}

image_tools() {
  command -v podman >/dev/null || apt_install podman buildah crun
  command -v ip >/dev/null || apt_install iproute2
}

# A minimal Debian that systemd can start in, at $1. It is made once for each machine.
fresh_root() {
  local kept=$cargo_tools/bookworm.tar.gz
  if ! [ -f "$kept" ]; then
    mkdir -p "$cargo_tools"
    rm -rf "$1"
    debootstrap --variant=minbase --include=adduser,ca-certificates,curl,systemd-sysv bookworm "$1" >/dev/null
    rm -rf "$1"/var/cache/apt/archives/*.deb
    tar -z -C "$1" -cf "$kept.partial" .
    mv "$kept.partial" "$kept"
  fi
  rm -rf "$1"
  mkdir -p "$1"
  tar -z -C "$1" -xf "$kept"
}

readme_tools() {
  command -v curl >/dev/null || apt_install curl ca-certificates
  command -v jq >/dev/null || apt_install jq
}

# True when the folder $1 was filled from the files $2…; keeps the mark that `mark_fresh` wrote.
is_fresh() {
  local folder=$1
  shift
  [ "$(cat "$folder/.filled-from" 2>/dev/null)" = "$(cat "$@" | sha256sum)" ]
}

mark_fresh() {
  local folder=$1
  shift
  cat "$@" | sha256sum >"$folder/.filled-from"
}

python_tools() {
  if ! is_fresh "$tools/python" .ci/requirements.txt; then
    rm -rf "$tools/python"
    python3 -m venv "$tools/python" || {
      apt_install python3-venv
      python3 -m venv --clear "$tools/python"
    }
    "$tools/python/bin/pip" install --quiet --disable-pip-version-check -r .ci/requirements.txt
    mark_fresh "$tools/python" .ci/requirements.txt
  fi
}

# The scripts in checks/ are staged beside node_modules, where Node resolves their imports.
node_tools() {
  if ! is_fresh "$tools/node" .ci/package.json .ci/package-lock.json; then
    rm -rf "$tools/node"
    mkdir -p "$tools/node"
    cp .ci/.npmrc .ci/package.json .ci/package-lock.json "$tools/node/"
    npm ci --prefix "$tools/node" --ignore-scripts --loglevel=error </dev/null
    mark_fresh "$tools/node" .ci/package.json .ci/package-lock.json
  fi
  rm -rf "$tools/node/checks"
  cp -R .ci/checks "$tools/node/checks"
}
