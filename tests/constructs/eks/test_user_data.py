"""What nodes are told when they start, read back as nodeadm reads it."""

from __future__ import annotations

from email import message_from_string

import yaml

from lean_silicon.catalog import load_catalog
from lean_silicon.eks.user_data import user_data_for


def test_local_drives_become_one_volume_by_nodeadms_configuration() -> None:
    kind = load_catalog().find("p5.48xlarge")
    assert kind is not None
    message = message_from_string(user_data_for(kind) or "")
    parts = message.get_payload()
    assert isinstance(parts, list)
    [part] = parts
    assert not isinstance(part, str)
    assert part.get_content_type() == "application/node.eks.aws"
    config = yaml.safe_load(str(part.get_payload()))
    assert (config["apiVersion"], config["kind"]) == ("node.eks.aws/v1alpha1", "NodeConfig")
    assert config["spec"]["instance"]["localStorage"]["strategy"] == "RAID0"


def test_nodes_without_drives_are_told_nothing() -> None:
    kind = load_catalog().find("inf2.xlarge")
    assert kind is not None
    assert user_data_for(kind) is None
