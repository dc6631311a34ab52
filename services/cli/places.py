"""What the region's places are made of: the command that reads the official boundaries anew."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from services.cli.tools import ToolError
from services.ideas.catalogue import Catalogue

Commands = Any  # argparse keeps the type of its sub-parsers to itself


def add_commands(commands: Commands) -> None:
    """Declare `places import-boundaries`."""
    places = commands.add_parser("places", help="make config/places/ from official registers")
    actions = places.add_subparsers(dest="action", required=True, metavar="ACTION")
    boundaries = actions.add_parser("import-boundaries", help="GeoJSON of municipalities and districts, as in VG250")
    boundaries.add_argument("files", nargs="+", type=Path, metavar="FILE")
    boundaries.add_argument("--attribution", required=True, help="what the source's licence asks to be named")
    boundaries.set_defaults(call=_import_boundaries)


def _import_boundaries(options: argparse.Namespace, catalogue: Catalogue) -> int:
    from nlp.boundary_import import BoundaryImportError, import_boundaries

    try:
        imported = import_boundaries(options.files, catalogue.directory / "places", options.attribution)
    except BoundaryImportError as error:
        raise ToolError(str(error)) from error
    print(
        f"{imported.path}: {imported.municipalities} municipalities, {imported.positions} positions, "
        f"{imported.size_bytes / 1000:.0f} kB"
    )
    return 0
