#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh SCRIPT.mjs ARGUMENT...: or status 77 where it cannot run here.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/lib.sh
. "$here/../lib.sh"
node_20 && npm_has "$here" cloudevents @asyncapi/parser || exit 77
script=$1
shift
exec node "$here/$script" "$@"
