#!/usr/bin/env bash
# What all steps share. Sourced, never run.
#
#   LEAN_SILICON_ROOT           a prefix for every path that is written; empty on a node, a throw-away folder in tests
#   LEAN_SILICON_NODE_ADDRESS   this node's address, where it should not be asked of the network
#   LEAN_SILICON_RETRY_SECONDS  the first pause between two tries of a download; doubled each time
#   LEAN_SILICON_LOG_SECONDS    how long to stay after a failure, so that the service collects the log

ROOT="${LEAN_SILICON_ROOT:-}"
HERE="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
DOWNLOAD_TRIES=5
# Where the image has Slurm (awsome-distributed-ai, start_slurm.sh)
export PATH="$PATH:/opt/slurm/bin:/opt/slurm/sbin"
# shellcheck disable=SC2034 # the steps that source this use them
{
    SHARE="$ROOT/opt/lean_silicon"
    SLURM_ETC="$ROOT/opt/slurm/etc"
}

log() {
    printf '[lean-silicon %s] %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"
}

fail() {
    log "ERROR: $*" >&2
    exit 1
}

# setting NAME [ARGUMENT]: one setting of this node, as lines of tab-separated text
setting() {
    python3 "$HERE/node_settings.py" --settings "$HERE/settings.json" --root "$ROOT" "$@"
}

# install_file SOURCE TARGET MODE: writes only what changed, so that a second run changes nothing
install_file() {
    if ! cmp --silent "$1" "$2" || [ "$(stat --format=%a "$2")" != "$3" ]; then
        install -D --mode="$3" "$1" "$2"
        log "installed $2"
    fi
}

# write_file TARGET MODE: the same for text on standard input
write_file() {
    local text
    text="$(mktemp)"
    cat >"$text"
    install_file "$text" "$1" "$2"
    rm -f "$text"
}

# fetch URI TARGET SHA256: a pinned file, tried again with growing pauses; the target appears whole or not at all
fetch() {
    local uri="$1" target="$2" checksum="$3" pause="${LEAN_SILICON_RETRY_SECONDS:-2}" try partial
    if [ -f "$target" ] && matches "$target" "$checksum"; then
        return 0
    fi
    mkdir -p "$(dirname "$target")"
    partial="$(mktemp "$target.XXXXXX")"
    for try in $(seq "$DOWNLOAD_TRIES"); do
        if transfer "$uri" "$partial" && matches "$partial" "$checksum"; then
            mv "$partial" "$target"
            log "fetched $uri"
            return 0
        fi
        log "try $try of $DOWNLOAD_TRIES for $uri failed"
        if [ "$try" -lt "$DOWNLOAD_TRIES" ]; then
            sleep "$pause"
            pause=$((pause * 2))
        fi
    done
    rm -f "$partial"
    fail "$uri could not be fetched with the checksum $checksum after $DOWNLOAD_TRIES tries. Is it there, readable to the nodes, and the one that was pinned?"
}

transfer() {
    case "$1" in
    s3://*) aws s3 cp --only-show-errors "$1" "$2" ;;
    *) curl --fail --silent --show-error --location --max-time 600 --output "$2" "$1" ;;
    esac
}

matches() {
    printf '%s  %s\n' "$2" "$1" | sha256sum --check --status
}

# with_systemd COMMAND...: only where systemd runs, and never in a throw-away root
with_systemd() {
    if [ -z "$ROOT" ] && [ -d /run/systemd/system ]; then
        "$@"
    fi
}
