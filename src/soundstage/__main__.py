"""`python -m soundstage`: the command line."""

from __future__ import annotations

from soundstage.cli import main

if __name__ == "__main__":
    main()
