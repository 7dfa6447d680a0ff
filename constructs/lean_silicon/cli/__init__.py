"""The command ``lean-silicon``. Each command is a module with ``configure(parser)`` and ``run(arguments)``."""
