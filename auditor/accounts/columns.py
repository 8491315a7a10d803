"""The columns of an export of the 財務会計システム, as an office calls them.

Every start of the command makes them, so that nothing is imported here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

__all__ = ["USUAL", "AccountColumns"]


class AccountColumns(NamedTuple):
    """``[accounts]``: the file, and the headings of its columns. A file needs ``project`` and
    ``total``; the others are read where it has them.

    ``item`` is the budget item (目), ``carried_over`` what goes into the next year (繰越),
    ``shared`` marks projects of several departments (共管). ``sources`` are headings by the form's
    names of funding sources; a source that is not listed is found by its labels in the form.
    """

    file: str = ""
    project: str = "事業名"
    department: str = "所管課"
    total: str = "決算額"
    item: str = "目"
    carried_over: str = "繰越額"
    staff_cost: str = "人件費"
    shared: str = "共管"
    sources: Mapping[str, str] = MappingProxyType({})


USUAL: Final = AccountColumns()
