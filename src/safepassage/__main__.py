"""`python -m safepassage` is the command line."""

import sys

from safepassage.cli import main

if __name__ == "__main__":
    sys.exit(main())
