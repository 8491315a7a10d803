"""``python -m tests.mutants``: how many small changes of the code the tests near it notice."""

import sys

from tests.mutants.command import main

sys.exit(main())
