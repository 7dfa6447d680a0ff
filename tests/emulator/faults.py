"""What the emulator refuses, and why."""

from __future__ import annotations


class ResourceFailedError(Exception):
    """A resource cannot be made, changed or deleted; the message is the reason of its event."""


class UnresolvedError(ResourceFailedError):
    """An intrinsic function, a dynamic reference or an import has no value."""
