#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh ALLIANCE PLUGINS DEFINITIONS WORK-FOLDER: validate.mjs, or status 77 where it cannot run here.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/lib.sh
. "$here/../lib.sh"
node_20 && npm_has "$here" fhir @medplum/core || exit 77
exec node "$here/validate.mjs" "$@"
