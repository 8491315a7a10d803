"""Rows of which nothing is known: every figure that rules name on them is a symbol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final, cast

from auditor.forms.model import Form
from auditor.formula.functions import function_of
from auditor.formula.trace import Trace, trace
from auditor.formula.tree import Call, Field, Members, Name, Node
from auditor.formula.values import UNKNOWN, Missing, Value
from auditor.records import figures
from auditor.records.fields import OTHER_BOOKS
from auditor.records.figures import Quantity
from auditor.rules.searchable import NO_FIGURES
from auditor.suspects.equations import Unusable
from auditor.suspects.expressions import Variable
from auditor.suspects.rows import BareRow

__all__ = ["Symbols"]


class _Unknowns(Mapping[str, Value]):
    """Every name, with no value that is known."""

    def __getitem__(self, name: str) -> Value:
        return UNKNOWN

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


_UNKNOWNS: Final = _Unknowns()


class _SymbolRow(BareRow):
    """A row of which nothing is known, on the column that its links reach from the rule's row."""

    links: tuple[str, ...]
    symbols: Symbols

    def __init__(self, symbols: Symbols, links: tuple[str, ...] = ()) -> None:
        self.symbols, self.links = symbols, links
        self.values: Mapping[str, Value] = _UNKNOWNS
        self.groups: Mapping[str, tuple[str, ...]] = symbols.groups

    def path(self, name: str) -> str:
        return ".".join((*self.links, name))

    def link(self, name: str) -> _SymbolRow | None:
        return _SymbolRow(self.symbols, (*self.links, name))

    def param(self, name: str) -> Quantity | None:
        form = self.symbols.form
        value = form.param(name) if form else None
        return None if value is None else figures.exact(value)


class Symbols:
    """The cells of records under a form, before any figure is known; or, without a form, those
    that formulas name.
    """

    def __init__(self, form: Form | None) -> None:
        self.form = form
        self.variables: list[Variable] = []
        self.steps: list[int | None] = []
        self.places: dict[tuple[tuple[str, ...], str], int] = {}
        self.groups: Mapping[str, tuple[str, ...]] = form.figure_groups if form else {}

    def trace(self, formula: Node) -> Trace[_SymbolRow]:
        """The trace of a formula. Raises Unusable where no symbol can stand for a part of it."""
        traced = trace(formula, _SymbolRow(self))
        for part in traced.walk():
            self._check(part)
        return traced

    def _check(self, part: Trace[_SymbolRow]) -> None:
        match part.node:
            case (
                Field(kind="group", name=name)
                | Call(function="group", arguments=(Name(value=name),))
            ) if name not in self.groups:
                raise Unusable(name)
            case Call(function=function) if isinstance(part.value, Missing) and (
                function_of(part.node).kind == "form"
            ):
                raise Unusable(function)
            case Members():
                raise Unusable(part.node.path)
            case _:
                pass

    def index(self, row: _SymbolRow, name: str) -> int:
        """The symbol of a name. Raises Unusable where it is no figure's."""
        if self.form is not None and name in NO_FIGURES:
            raise Unusable(row.path(name))
        key = _place(row.links), name
        if key not in self.places:
            definition = self.form.fields.get(name) if self.form else None
            rounding = definition.rounding if definition else "exact"
            width = (
                Fraction(definition.step) * Fraction(self.form.factor(definition.unit))
                if definition and self.form
                else Fraction(1)
            )
            self.places[key] = len(self.variables)
            self.variables.append(Variable(name, width, rounding, width))
            self.steps.append(0)
        return self.places[key]

    def consensus(self, call: Trace[_SymbolRow]) -> int | None:
        """Raises Unusable: a single record agrees on nothing."""
        raise Unusable(cast(Call, call.node).function)


def _place(links: tuple[str, ...]) -> tuple[str, ...]:
    """Links without steps there and back; a sheet's row is the same from all its columns, and its
    partner in another book is.
    """
    place: list[str] = []
    for link in links:
        if link == "sheet":
            steps = (step.partition(".")[0] for step in place)
            place = ["sheet", *(step for step in steps if step in OTHER_BOOKS)]
        elif place and {place[-1], link} == {"prior", "next"}:
            place.pop()
        else:
            place.append(link)
    return tuple(place)
