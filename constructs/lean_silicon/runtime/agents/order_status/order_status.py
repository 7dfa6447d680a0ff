"""The tool of the sample agents: where an order is. A stand-in for a shop's own system, with three orders in it."""

from __future__ import annotations

from typing import Any

ORDERS = {"1001": "delivered on Monday", "1002": "on its way, expected tomorrow", "1003": "waiting for payment"}
"""Order to where it is."""


def handler(event: dict[str, Any], _context: Any) -> dict[str, str]:
    """Answer one call of the tool, whose arguments the gateway hands over as the event."""
    order_id = str(event.get("order_id", "")).strip()
    return {"order_id": order_id, "status": ORDERS.get(order_id, "unknown: there is no such order")}
