"""For those who write rules and readers: consistent books, corruptions that say what must fire, and the runner of rule cases.

``auditor.testing.strategies`` needs hypothesis (``pip install sheet-auditor[testing]``); nothing else here does.
"""

from auditor.testing.build import book, build_book
from auditor.testing.cases import CaseResult, run_cases
from auditor.testing.corruptions import CORRUPTIONS, Corruption, corrupt

__all__ = ["CORRUPTIONS", "CaseResult", "Corruption", "book", "build_book", "corrupt", "run_cases"]
