#!/usr/bin/env bash
# Containers in jobs: Enroot, and Pyxis as Slurm's plug-in for it. The image's own are taken where it has them, else what was pinned.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=lifecycle.sh
. "$(dirname "${BASH_SOURCE[0]}")/lifecycle.sh"

PYXIS="/usr/local/lib/slurm/spank_pyxis.so"

install_packages() {
    local uri checksum file pinned packages="$SHARE/packages"
    pinned="$(setting packages)"
    while IFS=$'\t' read -r uri checksum file; do
        [ -n "$uri" ] || continue
        fetch "$uri" "$packages/$file" "$checksum"
        case "$file" in
        *.deb) install_deb "$packages/$file" ;;
        *.so) install_file "$packages/$file" "$ROOT$PYXIS" 755 ;;
        *) fail "$uri is neither a Debian package nor a plug-in (.so); leave it out of container_packages" ;;
        esac
    done <<<"$pinned"
}

install_deb() {
    local name
    name="$(dpkg-deb --field "$1" Package)"
    if dpkg-query ${ROOT:+--admindir="$ROOT/var/lib/dpkg"} --show --showformat='${Status}' "$name" 2>/dev/null | grep -q 'ok installed'; then
        return 0
    fi
    dpkg ${ROOT:+--root="$ROOT" --force-not-root} --install "$1" >/dev/null
    log "installed $name"
}

# Images are large: they go to the node's own NVMe disks where it has any, else to its volume, never to the shared file system
scratch() {
    if [ -d "$ROOT/opt/dlami/nvme" ]; then
        echo /opt/dlami/nvme
    else
        echo /opt/sagemaker
    fi
}

configure() {
    local scratch
    scratch="$(scratch)"
    # Everybody unpacks images below it; the sticky bit keeps people out of each other's files
    mkdir -p "$ROOT$scratch/enroot/cache" "$ROOT$scratch/enroot/data" "$ROOT$scratch/enroot/run"
    chmod 1777 "$ROOT$scratch/enroot" "$ROOT$scratch/enroot/cache" "$ROOT$scratch/enroot/data" "$ROOT$scratch/enroot/run"
    write_file "$ROOT/etc/enroot/enroot.conf" 644 <<EOF
ENROOT_RUNTIME_PATH $scratch/enroot/run/user-\$(id -u)
ENROOT_CACHE_PATH $scratch/enroot/cache/user-\$(id -u)
ENROOT_DATA_PATH $scratch/enroot/data/user-\$(id -u)
ENROOT_MOUNT_HOME no
ENROOT_RESTRICT_DEV no
ENROOT_ROOTFS_WRITABLE yes
EOF
    if [ -f "$ROOT$PYXIS" ]; then
        write_file "$SLURM_ETC/plugstack.conf.d/pyxis.conf" 644 <<<"required $PYXIS"
        include_plugins
    fi
}

include_plugins() {
    local line="include /opt/slurm/etc/plugstack.conf.d/*.conf"
    touch "$SLURM_ETC/plugstack.conf"
    grep -qxF "$line" "$SLURM_ETC/plugstack.conf" || echo "$line" >>"$SLURM_ETC/plugstack.conf"
}

has_enroot() {
    [ -x "$ROOT/usr/bin/enroot" ] || [ -x "$ROOT/usr/local/bin/enroot" ]
}

main() {
    if ! has_enroot; then
        install_packages
    fi
    if has_enroot; then
        configure
    else
        log "WARNING: this image has no Enroot and no packages are pinned (Software.container_packages); jobs run without containers"
    fi
}

main
