#!/usr/bin/env bash
# Accelerator utilisation: a service that samples it, keeps it for the job records and publishes it to CloudWatch.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=lifecycle.sh
. "$(dirname "${BASH_SOURCE[0]}")/lifecycle.sh"

UNIT="lean-silicon-accelerators.service"

main() {
    local kind
    kind="$(setting accelerators)"
    if [ "$kind" != neuron ] && [ "$kind" != gpu ]; then
        log "no accelerators to measure here"
        return 0
    fi
    install_file "$HERE/accelerator_metrics.py" "$SHARE/accelerator_metrics.py" 755
    install_file "$HERE/neuron_monitor.json" "$SHARE/neuron_monitor.json" 644
    mkdir -p "$ROOT/var/log/lean_silicon"
    write_file "$ROOT/etc/systemd/system/$UNIT" 644 <<EOF
[Unit]
Description=Accelerator utilisation to CloudWatch and to job records
After=network-online.target

[Service]
Environment=PATH=/opt/aws/neuron/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ExecStart=/usr/bin/python3 /opt/lean_silicon/accelerator_metrics.py --kind $kind --period $(setting period) --namespace $(setting namespace) --cluster $(setting cluster-name) --group $(setting group)
Restart=always
RestartSec=30
Nice=10

[Install]
WantedBy=multi-user.target
EOF
    with_systemd systemctl daemon-reload
    with_systemd systemctl enable "$UNIT"
    with_systemd systemctl restart "$UNIT"
}

main
