"""``python -m phanbo.cli``, as ``python -m phanbo``."""

from __future__ import annotations

import sys

from phanbo.cli import main

sys.exit(main())
