"""The one exception tree. Each class says who should act on it."""

from __future__ import annotations


class LeanSiliconError(Exception):
    """Anything this package raises on purpose; the message says what, the value, what is allowed and how to fix it."""


class InvalidValueError(LeanSiliconError, ValueError):
    """A value given by the caller is not allowed. The caller should correct it."""


class UnreadableInputError(LeanSiliconError):
    """A file could not be read or is not what it should be. The owner of the file should look at it."""


class ConfigurationError(LeanSiliconError):
    """``lean-silicon.toml`` or a command-line option is wrong. The user of the command should correct it."""


class CatalogError(LeanSiliconError):
    """The catalogue's data file is missing or damaged. Reinstall the package."""
