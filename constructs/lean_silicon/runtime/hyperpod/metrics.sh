#!/usr/bin/env bash
# Accelerator utilisation: a service that samples it, keeps it for the job records and publishes it to CloudWatch.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=lifecycle.sh
. "$(dirname "${BASH_SOURCE[0]}")/lifecycle.sh"

UNIT="lean-silicon-accelerators.service"

main() {
    local kind band file estimate=""
    kind="$(setting accelerators)"
    if [ "$kind" != neuron ] && [ "$kind" != gpu ]; then
        log "no accelerators to measure here"
        return 0
    fi
    for file in "$HERE"/accelerator_metrics/*.py; do
        install_file "$file" "$SHARE/accelerator_metrics/$(basename "$file")" 644
    done
    # Accelerators that report no watts: the estimate's band, which is JSON
    band="$(setting power-band)"
    if [ -n "$band" ]; then
        estimate=" --power-band '$band'"
    fi
    mkdir -p "$ROOT/var/log/lean_silicon"
    write_file "$ROOT/etc/systemd/system/$UNIT" 644 <<EOF
[Unit]
Description=Accelerator utilisation to CloudWatch and to job records
After=network-online.target

[Service]
Environment=PATH=/opt/aws/neuron/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ExecStart=/usr/bin/python3 /opt/lean_silicon/accelerator_metrics --kind $kind --publish-seconds $(setting period) --to aws-cli --namespace $(setting namespace) --dimension ClusterName=$(setting cluster-name) --dimension InstanceGroup=$(setting group) --samples /var/log/lean_silicon/samples.jsonl$estimate
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
