"""``python -m dcpermit`` is the same program as ``dcpermit``."""

import sys

from dcpermit.cli import main

sys.exit(main())
