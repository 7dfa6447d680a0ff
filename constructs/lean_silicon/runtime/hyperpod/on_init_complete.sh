#!/usr/bin/env bash
# Entry point on every node, run by HyperPod once it has configured the node (LifeCycleConfig OnInitComplete). A failure fails the node.
# Each step may run again at any time: after a software update, or by hand.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=lifecycle.sh
. "$(dirname "${BASH_SOURCE[0]}")/lifecycle.sh"

# The service sends this file to CloudWatch (/aws/sagemaker/Clusters/<name>/<id>, LifecycleConfig/...)
LOG="$ROOT/var/log/provision/provisioning.log"
mkdir -p "$(dirname "$LOG")"

main() {
    local kind step
    kind="$(setting node-type)"
    log "this is a $kind node of group $(setting group)"
    for step in users containers metrics slurm_hooks log_rotation; do
        log "step $step begins"
        bash "$HERE/$step.sh"
    done
    if [ -f "$HERE/user_hook.sh" ]; then
        log "step user_hook begins"
        bash "$HERE/user_hook.sh"
    fi
    log "all steps are done"
}

# A condition would switch `set -e` off inside of main, so its status is taken from the pipe instead
set +e
(
    set -e
    main
) 2>&1 | tee -a "$LOG"
status="${PIPESTATUS[0]}"
set -e

if [ "$status" -ne 0 ]; then
    log "a step failed; waiting so that the log is collected" | tee -a "$LOG"
    sleep "${LEAN_SILICON_LOG_SECONDS:-60}"
    exit 1
fi
