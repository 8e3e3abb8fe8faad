#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh PYTHON-FOLDER PART ALLIANCE OPENAPI WORK PACED BARE
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=$1/bin/python part=$2
shift 2
if [ "$part" = load ]; then
  command -v wrk >/dev/null || { echo "skipped: wrk is not installed"; exit 77; }
  python=python3
elif ! [ -x "$python" ]; then
  echo "skipped: there is no $python with the packages of requirements.txt"
  exit 77
fi
mkdir -p "$3"
PYTHONPATH=$here/../unit/sidecar exec "$python" "$here/$part.py" "$@"
