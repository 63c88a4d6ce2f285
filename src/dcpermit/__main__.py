"""``python -m dcpermit`` is the same program as ``dcpermit``."""

import sys

from dcpermit.cli import main

if __name__ == "__main__":  # a worker that is started afresh imports this file, and must not run it
    sys.exit(main())
