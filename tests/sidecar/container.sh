#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# container.sh WORK-FOLDER: builds sdk/sidecar/Containerfile and runs its command: it answers, scores, stores where its
# volume is, as the user that it names, and ends when told. Needs root, `tests/install container` and the machine's own source of
# packages; the whole SDK is compiled inside, so it takes minutes and is no part of .ci/run. The image that FROM names is made
# here, by debootstrap. Status 77: something is not there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
# shellcheck source=tests/lib.sh
. "$top/tests/lib.sh"
[ $# -eq 1 ] || { echo "usage: tests/sidecar/container.sh WORK-FOLDER" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "skipped: images are built by root alone here"; exit 77; }
for program in buildah debootstrap curl; do
  command -v "$program" >/dev/null || { echo "skipped: $program is not installed: tests/install container"; exit 77; }
done
mkdir -p "$1"
work=$(realpath "$1")
images() { buildah --root "$work/images" --runroot "$work/running" --storage-driver vfs "$@"; }
base=docker.io/library/$(sed -n 's/^FROM \([^ ]*\)$/\1/p' "$top/sdk/sidecar/Containerfile")

if ! images inspect --type image "$base" >/dev/null 2>&1; then
  debian_root "$work/base" "$work/debootstrap.log" || exit
  made=$(images from scratch)
  images add -q "$made" "$work/base" / >/dev/null
  images commit -q "$made" "$base" >/dev/null
  images rm "$made" >/dev/null
  rm -rf "$work/base"
fi
# What this machine takes packages from, and what it compiled before, are lent for the while.
lent=(-v /etc/apt:/etc/apt:ro)
cache=$(ccache -k cache_dir 2>/dev/null || true)
if [ -d "$cache" ]; then lent+=(-v "$cache:/root/.cache/ccache" --env CCACHE_BASEDIR=/src --env CCACHE_NOHASHDIR=1); fi
began=$SECONDS
images bud --isolation chroot --pull-never --env "CMAKE_BUILD_PARALLEL_LEVEL=$jobs" "${lent[@]}" \
  -f "$top/sdk/sidecar/Containerfile" -t alliance-sidecar "$top" >"$work/build.log" 2>&1 || { tail -n 20 "$work/build.log"; exit 1; }
echo "built in $((SECONDS - began)) s, $(images images --format '{{.Size}}' alliance-sidecar)"

# The settings of a deployment, on the loopback: a proxy would stand before it.
token=container-container-container
mkdir -p "$work/etc"
cat >"$work/etc/sidecar.json" <<JSON
{"listen": "127.0.0.1:0", "tenants": [{"tenant": "t", "store": "/var/lib/alliance/t.db", "host": {"safety": {"contact": "duty"}}}],
 "tokens": [{"name": "t", "tenant": "t", "role": "service", "sha256": "$(printf %s $token | sha256sum | cut -d' ' -f1)"}]}
JSON
chmod -R a+rX "$work/etc"
container=$(images from --pull-never alliance-sidecar)
sidecar=
ended() {
  if [ -n "$sidecar" ]; then kill "$sidecar" 2>/dev/null || true; fi
  images rm "$container" >/dev/null 2>&1 || true
}
trap ended EXIT
mapfile -t command < <(images inspect --format '{{range .OCIv1.Config.Entrypoint}}{{println .}}{{end}}' "$container" | sed '/^$/d')
echo "runs ${command[*]}"
images run --isolation chroot -v "$work/etc:/etc/alliance:ro" "$container" -- "${command[@]}" >"$work/run.log" 2>&1 &
runs=$!
url=
for _ in $(seq 600); do
  url=$(sed -n 's/^listening on //p' "$work/run.log" | tr -d '\r')
  [ -z "$url" ] || break
  kill -0 $runs 2>/dev/null || break
  sleep 0.1
done
[ -n "$url" ] || { cat "$work/run.log"; exit 1; }
# The one that listens there, of all that this machine runs.
for process in /proc/[0-9]*; do
  if [ "$(readlink "$process/root" 2>/dev/null)" != / ] &&
    { tr '\0' ' ' <"$process/cmdline" | grep -qxF "${command[*]} "; } 2>/dev/null; then
    sidecar=${process#/proc/}
  fi
done
[ -n "$sidecar" ] || { echo "its process is not found"; exit 1; }
user=$(stat -c %u "/proc/$sidecar")
[ "$user" -eq 990 ] || { echo "it runs as user $user, not as the image's"; exit 1; }
ask() { curl -sS --max-time 60 -H "Authorization: Bearer $token" -H 'Content-Type: application/json' "$@"; }
[[ $(ask "$url/health") == *'"state"'* ]] || { echo "/health does not answer"; exit 1; }
scored=$(ask "$url/score" -d '{"instrument":"phq-2","answers":[{"item":"1","value":2},{"item":"2","value":1}]}')
[[ $scored == *'"value":3'* ]] || { echo "it scores otherwise: $scored"; exit 1; }
opened=$(ask -o /dev/null -w '%{http_code}' "$url/events" \
  -d '{"id":"o","case":"c","body_type":"CaseOpened","body":{"service":"s","practitioner":"p","delivery":"blended"}}')
[ "$opened" = 201 ] || { echo "an event is not recorded: $opened"; exit 1; }
kill "$sidecar"
sidecar=
wait $runs || { echo "it does not end as it should:"; cat "$work/run.log"; exit 1; }
grep -q 'info stopped' "$work/run.log" || { cat "$work/run.log"; exit 1; }
echo "/health, a score and an event by user $user in the container, and it ended when told"
