#!/usr/bin/env bash
# Notes when a job begins on this node. It never fails: a prolog that fails drains the node, which a record is not worth.
set -uo pipefail

# Installed below opt/slurm/etc, which on a node is at the root
root="${BASH_SOURCE[0]%/opt/slurm/etc/*}"
python3 "$root/opt/lean_silicon/job_record.py" begin >/dev/null 2>&1 || true
exit 0
