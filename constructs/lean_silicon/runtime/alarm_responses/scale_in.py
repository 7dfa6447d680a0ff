"""Scale a node group of EKS in to its minimum when an alarm rings."""

from __future__ import annotations

import json
import os
from typing import Any

CLUSTER_SETTING = "CLUSTER"
NODE_GROUP_SETTING = "NODE_GROUP"


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Ask for the minimum of nodes, if there are more. Asking again changes nothing."""
    # Here, so that the constructs may read the names above without boto3.
    import boto3

    if event["alarmData"]["state"]["value"] != "ALARM":
        return {"scaled": False}
    group = {"clusterName": os.environ[CLUSTER_SETTING], "nodegroupName": os.environ[NODE_GROUP_SETTING]}
    eks = boto3.client("eks")
    sizes = eks.describe_nodegroup(**group)["nodegroup"]["scalingConfig"]
    if sizes["desiredSize"] <= sizes["minSize"]:
        return {"scaled": False}
    eks.update_nodegroup_config(**group, scalingConfig={**sizes, "desiredSize": sizes["minSize"]})
    print(json.dumps({**group, "from": sizes["desiredSize"], "to": sizes["minSize"]}))
    return {"scaled": True}
