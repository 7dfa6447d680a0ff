#!/usr/bin/env bash
# Notes when a job begins on this node. It never fails: a prolog that fails drains the node, which a record is not worth.
set -uo pipefail

python3 "${LEAN_SILICON_ROOT:-}/opt/lean_silicon/job_record.py" begin >/dev/null 2>&1 || true
exit 0
