#!/usr/bin/env bash
# Writes the record of a job that ended on this node. It never fails, as the prolog.
set -uo pipefail

# Installed below opt/slurm/etc, which on a node is at the root
root="${BASH_SOURCE[0]%/opt/slurm/etc/*}"
python3 "$root/opt/lean_silicon/job_record.py" end >/dev/null 2>&1 || true
exit 0
