"""For those who write rules and readers: consistent books and the runner of rule cases.

``auditor.testing.strategies`` needs hypothesis (``pip install sheet-auditor[testing]``); nothing
else here does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.testing.accounts import (
    WithAccounts,
    accounts_csv,
    build_accounts,
    with_accounts,
)
from auditor.testing.build import Details, book, build_book
from auditor.testing.cases import CaseResult, run_cases
from auditor.testing.items import WithItems, build_items, items
from auditor.testing.prose import WithProse, with_prose, write_prose
from auditor.testing.years import Years, build_years, years

if TYPE_CHECKING:
    from auditor.testing import strategies as strategies

__all__ = [
    "CaseResult",
    "Details",
    "WithAccounts",
    "WithItems",
    "WithProse",
    "Years",
    "accounts_csv",
    "book",
    "build_accounts",
    "build_book",
    "build_items",
    "build_years",
    "items",
    "run_cases",
    "with_accounts",
    "with_prose",
    "write_prose",
    "years",
]

# Strategies need hypothesis.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name != "strategies":
            raise AttributeError(f"module 'auditor.testing' has no attribute {name!r}")
        from importlib import import_module

        return import_module("auditor.testing.strategies")


def __dir__() -> list[str]:
    return sorted([*__all__, "strategies"])
