#!/usr/bin/env bash
# Logs of Slurm and of ours, kept small: a full root volume takes the node down.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=lifecycle.sh
. "$(dirname "${BASH_SOURCE[0]}")/lifecycle.sh"

write_file "$ROOT/etc/logrotate.d/lean-silicon" 644 <<'EOF'
/var/log/slurm/*.log {
    size 50M
    rotate 3
    compress
    missingok
    notifempty
    sharedscripts
    postrotate
        for daemon in slurmctld slurmd slurmdbd; do pkill -x --signal SIGUSR2 $daemon || true; done
    endscript
}

/var/log/lean_silicon/*.jsonl /var/log/provision/*.log {
    size 20M
    rotate 3
    compress
    missingok
    notifempty
    copytruncate
}
EOF
