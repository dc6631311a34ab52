"""The command `ideenkanal`: the only place where the parts are put together."""

from services.cli.main import main

__all__ = ["main"]
