"""The command line, as ``python -m commons_ld``: where the folder of installed commands is not on the path."""

from __future__ import annotations

from commons_ld.cli import main

__all__: list[str] = []

if __name__ == "__main__":
    main()
