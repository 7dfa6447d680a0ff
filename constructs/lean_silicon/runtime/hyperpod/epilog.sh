#!/usr/bin/env bash
# Writes the record of a job that ended on this node. It never fails, as the prolog.
set -uo pipefail

python3 "${LEAN_SILICON_ROOT:-}/opt/lean_silicon/job_record.py" end >/dev/null 2>&1 || true
exit 0
