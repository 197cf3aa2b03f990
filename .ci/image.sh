#!/usr/bin/env bash
# Makes an image by deploy/container/Containerfile on a base made of Debian's packages, and runs it as compose.yaml does: without
# rights, with a read-only root, with its data in volumes.
#
#   .ci/image.sh FOLDER    the folder has the `masthead` of a release
#
# Runs in a network and in mounts of its own: runtimes refuse machines with both versions of cgroups.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source .ci/tools.sh
context=$(realpath "$1")
store=$tools/image
image=localhost/masthead-check

engine() {
  podman --root "$store/root" --runroot "$store/run" "$@" 2> >(grep -vE 'unable to get systemd connection|validating CNI config' >&2)
}

# No manager of timers is here, so that the check asks for the health itself.
run() {
  engine run --detach --name masthead --cgroups=disabled --network=host --read-only --tmpfs /tmp --cap-drop=all \
    --security-opt=no-new-privileges --ulimit=nofile=10000:10000 --ulimit=nproc=1000:1000 --health-interval=disable \
    --volume "$store/data:/data" --volume "$store/media:/media" "$image" "$@" >/dev/null
}

until_healthy() {
  local deadline=$((SECONDS + 30))
  until engine healthcheck run masthead >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      engine logs masthead
      return 1
    fi
    sleep 0.1
  done
}

stop() {
  engine stop --time 30 masthead >/dev/null
  [ "$(engine inspect --format '{{.State.ExitCode}}' masthead)" = 0 ]
  engine rm masthead >/dev/null
}

walk() {
  local key began said
  # The owner that the volumes of the image have.
  install -d -o 10001 -m 0750 "$store/data" "$store/media"
  began=$(date +%s%N)
  run
  until_healthy
  echo "healthy after $((($(date +%s%N) - began) / 1000000)) ms"
  [ "$(engine exec masthead id -u)" = 10001 ]
  if engine exec masthead touch /usr/written 2>/dev/null; then
    echo "the root of the container can be written to" >&2
    return 1
  fi
  key=$(engine exec masthead masthead key create --name Desk --role admin)
  curl -sf -o /dev/null -H "Authorization: Bearer $key" -X PUT --json '{"name":"English","site_name":"A paper","home_label":"Home"}' \
    localhost:8080/api/editions/en
  said=$(curl -sf -H "Authorization: Bearer $key" --json '{"lang":"en","title":"In a volume","status":"published"}' localhost:8080/api/articles)
  grep -q '"status":"published"' <<<"$said"
  stop
  run
  until_healthy
  curl -sf localhost:8080/api/articles | grep -q '"In a volume"'
  engine exec masthead masthead check --without-files >/dev/null
  stop
  # A health check that always passes would tell nothing.
  run serve --bind 127.0.0.1:8081
  sleep 1
  if engine healthcheck run masthead >/dev/null 2>&1; then
    echo "the container is healthy though nothing answers" >&2
    return 1
  fi
  stop
}

if [ "${2:-}" = walk ]; then
  mount --make-rprivate /
  umount /sys/fs/cgroup/unified 2>/dev/null || true
  ip link set lo up
  walk
else
  image_tools
  trap 'umount "$store/root/overlay" 2>/dev/null || true; rm -rf "$store"' EXIT
  rm -rf "$store"
  mkdir -p "$store"
  fresh_root "$store/base"
  tar -C "$store/base" -c . | engine import --quiet - docker.io/library/debian:bookworm-slim >/dev/null
  rm -rf "$store/base"
  engine build --quiet --isolation=chroot --format docker --network=host --pull=never \
    --file deploy/container/Containerfile --tag "$image" "$context" >/dev/null
  unshare --mount --net bash .ci/image.sh "$context" walk
  echo "the image starts without rights, keeps its data, says how it is, and stops when it is told"
fi
