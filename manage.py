#!/usr/bin/env python3
"""The one door to every command: ``python3 manage.py demo``, ``test``, ``migrate``, ``help`` …

Nothing is decided here. ``config/bootstrap.py`` sees to it that what the command needs is installed, then hands the
command to its own module or to Django.
"""

import sys

from config import bootstrap

if __name__ == "__main__":
    sys.exit(bootstrap.main(sys.argv))
