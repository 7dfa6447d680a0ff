#!/usr/bin/env bash
# People: the same accounts with the same numbers on every node, homes on the shared file system, keys to go from node to node.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=lifecycle.sh
. "$(dirname "${BASH_SOURCE[0]}")/lifecycle.sh"

BEGIN="# lean-silicon begin"
END="# lean-silicon end"

add_account() {
    local name="$1" uid="$2" home="$3" known
    known="$(awk -F: -v name="$name" '$1 == name {print $3}' "$ROOT/etc/passwd")"
    if [ -n "$known" ]; then
        [ "$known" = "$uid" ] || fail "user $name has uid $known here and $uid in the settings; remove the account or change the setting"
        return 0
    fi
    groupadd ${ROOT:+--prefix "$ROOT"} --gid "$uid" "$name"
    useradd ${ROOT:+--prefix "$ROOT"} --uid "$uid" --gid "$uid" --home-dir "$home" --no-create-home --shell /bin/bash "$name"
    log "added user $name ($uid)"
}

# The first node makes the key; where two are first at once, linking lets one of them win
make_key() {
    local folder="$1" fresh
    [ -f "$folder/id_ed25519" ] && return 0
    fresh="$(mktemp -d "$folder/new.XXXXXX")"
    ssh-keygen -q -t ed25519 -N '' -C 'between nodes' -f "$fresh/key"
    ln "$fresh/key" "$folder/id_ed25519" 2>/dev/null || true
    rm -rf "$fresh"
}

# Keys stand between two marks, so that one that was taken out of the settings goes, and one that was added by hand stays
authorize() {
    local folder="$1" name="$2" fresh
    fresh="$(mktemp "$folder/new.XXXXXX")"
    if [ -f "$folder/authorized_keys" ]; then
        sed "/^$BEGIN\$/,/^$END\$/d" "$folder/authorized_keys" >"$fresh"
    fi
    {
        echo "$BEGIN"
        ssh-keygen -y -f "$folder/id_ed25519"
        setting keys "$name"
        echo "$END"
    } >>"$fresh"
    chmod 600 "$fresh"
    mv "$fresh" "$folder/authorized_keys"
}

make_home() {
    local name="$1" uid="$2" home="$ROOT$3"
    if [ ! -d "$home" ]; then
        mkdir -p "$home"
        chmod 750 "$home"
        if [ -d "$ROOT/etc/skel" ]; then
            cp -rn "$ROOT/etc/skel/." "$home"
        fi
        chown -R "$uid:$uid" "$home"
        log "made the home of $name"
    fi
    mkdir -p "$home/.ssh"
    chmod 700 "$home/.ssh"
    make_key "$home/.ssh"
    authorize "$home/.ssh" "$name"
    chown -R "$uid:$uid" "$home/.ssh"
}

# Without an association nobody may submit where accounting is enforced; a database that is not up yet is no reason to lose the node
associate() {
    local name="$1"
    if [ -n "$ROOT" ] || ! command -v sacctmgr >/dev/null; then
        return 0
    fi
    sacctmgr --immediate --quiet add account users Description=users >/dev/null 2>&1 || true
    sacctmgr --immediate --quiet add user "$name" account=users >/dev/null 2>&1 ||
        sacctmgr --noheader --parsable2 list user "$name" | grep -q "^$name|" ||
        log "WARNING: $name has no Slurm account yet; run this step again once slurmdbd answers"
}

main() {
    local parent kind users name uid
    parent="$(setting home-path)"
    kind="$(setting node-type)"
    users="$(setting users)"
    while IFS=$'\t' read -r name uid; do
        [ -n "$name" ] || continue
        add_account "$name" "$uid" "${parent:-/home}/$name"
        make_home "$name" "$uid" "${parent:-/home}/$name"
        if [ "$kind" = Controller ]; then
            associate "$name"
        fi
    done <<<"$users"
}

main
