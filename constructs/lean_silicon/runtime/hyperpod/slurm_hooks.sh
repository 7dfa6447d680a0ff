#!/usr/bin/env bash
# Slurm's prolog and epilog on the nodes that run jobs: a record of how busy each job kept its accelerators.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=lifecycle.sh
. "$(dirname "${BASH_SOURCE[0]}")/lifecycle.sh"

main() {
    if [ "$(setting node-type)" != Compute ]; then
        log "no jobs run here"
        return 0
    fi
    install_file "$HERE/job_record.py" "$SHARE/job_record.py" 755
    mkdir -p "$ROOT/var/log/lean_silicon" "$ROOT/var/lib/lean_silicon"
    # HyperPod's image runs every script of these folders (awsome-distributed-ai, Extensions/observability)
    install_file "$HERE/prolog.sh" "$SLURM_ETC/prolog.d/800_lean_silicon.sh" 755
    install_file "$HERE/epilog.sh" "$SLURM_ETC/epilog.d/800_lean_silicon.sh" 755
}

main
