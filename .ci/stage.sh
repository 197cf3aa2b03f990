# shellcheck shell=bash
# Sourced after tools.sh: a copy of openapi/, clients/ and examples/ in target/ci/clients, in which the clients are generated,
# built and tested, so that the checkout stays as it is.

stage=$tools/clients

# Copies what is in version control, or will be; what was installed there before stays.
stage_sources() {
  mkdir -p "$stage"/{openapi,clients,examples}
  find "$stage"/{openapi,clients,examples} -name node_modules -prune -o -type f -exec rm {} +
  git ls-files --cached --others --exclude-standard -z openapi clients examples LICENSE-MIT LICENSE-APACHE |
    tar --create --null --files-from=- --ignore-failed-read | tar --extract --directory "$stage"
}

# Installs what the lock in the folder $1 says, once for each lock.
npm_install() {
  if ! is_fresh "$1/node_modules" "$1/package.json" "$1/package-lock.json" 2>/dev/null; then
    (cd "$1" && npm ci --ignore-scripts --loglevel=error </dev/null)
    mark_fresh "$1/node_modules" "$1/package.json" "$1/package-lock.json"
  fi
}

build_typescript() {
  npm_install "$stage/clients/typescript"
  (cd "$stage/clients/typescript" && rm -rf dist build && npm run --silent build)
}

# The tools of the Python client.
build_python() {
  local requirements=clients/python/requirements.txt
  python=$stage/python/bin
  if ! is_fresh "$stage/python" "$requirements"; then
    python3 -m venv --clear "$stage/python" || {
      apt_install python3-venv
      python3 -m venv --clear "$stage/python"
    }
    "$python/pip" install --quiet --disable-pip-version-check -r "$requirements"
    mark_fresh "$stage/python" "$requirements"
  fi
}
