"""The layer with kubectl."""

from __future__ import annotations

import sys

import pytest
from aws_cdk import App, Stack

from lean_silicon.eks.kubectl import SERVED, kubectl_layer_for
from lean_silicon.exceptions import InvalidValueError


@pytest.mark.parametrize("version", SERVED)
def test_kubectl_serves_its_own_version_and_one_on_each_side(version: str) -> None:
    layer = kubectl_layer_for(Stack(App(analytics_reporting=False), "Layer"), version)
    assert layer.node.id == "Kubectl"


def test_fails_with_the_extra_to_install_where_the_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aws_cdk.lambda_layer_kubectl_v35", None)
    with pytest.raises(InvalidValueError, match=r"install 'lean-silicon\[eks\]', or give kubectl_layer="):
        kubectl_layer_for(Stack(App(analytics_reporting=False), "Layer"), "1.35")
