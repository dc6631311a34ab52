"""`python -m services.cli` is the command `ideenkanal`."""

from services.cli.main import main

raise SystemExit(main())
