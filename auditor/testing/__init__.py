"""For those who write rules and readers: consistent books and the runner of rule cases.

``auditor.testing.strategies`` needs hypothesis (``pip install sheet-auditor[testing]``); nothing
else here does.
"""

from auditor.testing.build import book, build_book
from auditor.testing.cases import CaseResult, run_cases

__all__ = ["CaseResult", "book", "build_book", "run_cases"]
