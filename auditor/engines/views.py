"""One kind of row of one form as columns, as its formulas name them.

Rules are compiled first; only what they named is then joined.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import zip_longest
from typing import Any, Final, cast

import narwhals as nw

from auditor.engines.agreement import TOO_LARGE, Agreement
from auditor.engines.bases import AT, Base
from auditor.engines.engine import Frame
from auditor.engines.expressions import Expressions
from auditor.engines.joining import Path, Sources, as_of, path_of, places_there
from auditor.engines.looked_up import LookedUp
from auditor.engines.pairs import PARTNER
from auditor.engines.roundings import is_decimal, rounded
from auditor.engines.sets import Above, Alone, Gathered, Kin, Partition
from auditor.forms.model import FieldDefinition, Form
from auditor.formula.columns.depth import height
from auditor.formula.columns.numbers import measured
from auditor.formula.columns.values import (
    LARGEST,
    Answers,
    Columns,
    Ends,
    Mask,
    Missing,
    NotColumnar,
    Num,
    Ratio,
    Real,
    Reduced,
    ReducedTo,
    Whole,
    Word,
    both,
    constant,
    either,
    opposite,
)
from auditor.formula.tree import Call, Field, Members, Name, Node, shape
from auditor.records import figures
from auditor.records.fields import SCOPES, Each, Link, OtherBook, followed
from auditor.rules.lookups import Lookups

__all__ = ["View"]

_TEXTS: Final[Mapping[Each, tuple[str, ...]]] = {
    each: scope.names("text", "month") for each, scope in SCOPES.items()
}
_PLAIN: Final[Mapping[Each, tuple[str, ...]]] = {
    each: scope.names("number") for each, scope in SCOPES.items()
}
"""Whole numbers that are no figures."""
_PRINTED: Final[Mapping[Each, str]] = {"sheet": "fiscal_year", "year": "year"}
"""The scopes whose figures a form prints in each document, each with a name that all rows have."""


_PARENT: Final = "parent"


@dataclass
class View(Columns):
    """The columns of one scope and form, as a formula sees them; ``paths`` grows by what is
    named. ``others`` are the bases of the books that these are held against.
    """

    scope: Each
    form: Form
    bases: Mapping[Each, Base]
    others: Mapping[OtherBook, Mapping[Each, Base]] = field(
        default_factory=dict[OtherBook, Mapping[Each, Base]]
    )
    paths: dict[str, Path] = field(default_factory=dict[str, Path])
    agreements: dict[Any, Agreement] = field(default_factory=dict[Any, Agreement])
    opened: list[nw.Expr] = field(default_factory=list[nw.Expr])
    steps: dict[float, list[nw.Expr]] = field(default_factory=dict[float, list[nw.Expr]])
    _known: dict[Any, tuple[Any, list[nw.Expr]]] = field(
        default_factory=dict[Any, tuple[Any, list[nw.Expr]]]
    )
    _columns: dict[str, nw.Expr] = field(default_factory=dict[str, nw.Expr])
    _names: dict[int, str] = field(default_factory=dict[int, str])

    heights: Mapping[Each, int] = field(default_factory=dict[Each, int])
    """How many rows of each kind there are."""
    is_whole: bool = True
    """Whether every row of the tables is in some book."""
    lookups: Lookups | None = None
    """The tables that rows are looked up in; None while nothing is known of them."""
    gathered: dict[Any, Above | Alone | Gathered | LookedUp] = field(
        default_factory=dict[Any, "Above | Alone | Gathered | LookedUp"]
    )
    """What formulas ask of sets of rows."""

    def __post_init__(self) -> None:
        self.groups: Mapping[str, tuple[str, ...]] = self.form.figure_groups
        self.formula_cells: set[str] = {
            member for member, definition in self.form.fields.items() if definition.formula_cell
        }

    @property
    def height(self) -> int:
        """How many rows there are of this kind."""
        return self.heights.get(self.scope, 1)

    @property
    def views(self) -> Iterator[View]:
        """This view, and those of the rows that it gathers."""
        yield self
        for item in self.gathered.values():
            if isinstance(item, Gathered) and item.member is not self:
                yield item.member

    def frame(self, sources: Sources) -> Frame:
        """The rows with the columns that formulas named."""
        return as_of(self, sources)

    def target(self, links: tuple[str, ...]) -> Each:
        """The scope that some links lead to. Raises NotColumnar for one that columns lack."""
        return self._links(links)[-1].to if links else self.scope

    def _links(self, steps: tuple[str, ...]) -> tuple[Link, ...]:
        links, _, _ = followed(self.scope, (*steps, ""))
        for step, link in zip_longest(steps, links):
            if link is None or not self._is_columnar(link):
                raise NotColumnar(f"the link {step}", f"参照 {step}")
        return links

    def _is_columnar(self, link: Link) -> bool:
        """Whether columns have what a link leads to. The year of a KPI's own book stands on no
        row of it.
        """
        is_known = link.other is None or link.other in self.others
        return is_known and not (link.to == "kpi_year" and link.evaluated)

    def bases_at(self, links: tuple[str, ...]) -> Mapping[Each, Base]:
        """What is known of the columns of the book that some links lead to."""
        books: list[OtherBook] = [
            link.other for link in self._links(links) if link.other is not None
        ]
        return self.others[books[-1]] if books else self.bases

    def column(self, links: tuple[str, ...], name: str) -> tuple[Base, nw.Expr, Missing]:
        """The column under a name, and which of its rows are blank, unknown, or left open.

        What a row prints that a sheet lacks, although its form prints it, is unknown; what lies
        beyond it is left open.
        """
        if links and links[0] == _PARENT:
            opened = self._above.column(links[1:], name)[2].open
            if isinstance(opened, nw.Expr):
                self.opened.append(opened)
            return self._above.column(links[1:], name)
        base, value, missing = self._stated(links, name)
        lacking = self._gap(links)
        beyond = either(*(self._gap(links[:end]) for end in range(1, len(links))))
        if isinstance(beyond, nw.Expr):
            self.opened.append(beyond)
        elsewhere = either(lacking, beyond)
        if isinstance(elsewhere, bool):  # False: no link can lead past a row
            return base, value, missing
        here = ~elsewhere
        value = nw.when(here).then(value)
        return (
            base,
            value,
            Missing(
                both(missing.blank, here),
                either(both(missing.unknown, here), both(lacking, opposite(beyond))),
                either(both(missing.open, here), beyond),
            ),
        )

    @property
    def _above(self) -> Above:
        """The row's parent."""
        if (_PARENT,) not in self.gathered:
            kin = Kin(f"set{len(self.gathered)}", self)
            self.gathered[(_PARENT,)] = Above(kin, self.is_whole)
        parent = self.gathered[(_PARENT,)]
        assert isinstance(parent, Above)
        return parent

    def _gap(self, links: tuple[str, ...]) -> Mask:
        """Where the last of some links leads to no row, or passes one over, although the form
        prints a row there.
        """
        if not links:
            return False
        before, scope = links[:-1], self.target(links[:-1])
        link = SCOPES[scope].follow(links[-1])
        if scope == "evaluation" and link.over == "row":
            there = self._path(links, AT) == self._path(before, AT) + link.step
            return (~there).fill_null(False)
        gaps = self.bases_at(links).get("year", Base()).gaps
        if link.to != "year" or link.over == "owner" or not gaps:
            return False
        if link.over == "book":
            return self._gap_elsewhere(link, links)
        if link.over == "row":
            place = self._path(before, AT) + link.step
            printed = (place >= 0) & (place < len(self.form.columns))
            there = (self._path(links, AT) == place).fill_null(False)
            return printed.fill_null(False) & ~there
        nowhere = self._path(links, "year").is_null()
        offsets = [column.offset for column in self.form.columns]
        lag = self.form.evaluation_lag if link.lagged else 0
        if scope == "sheet":
            return nowhere if lag in offsets else False
        offset = self._path(before, "year") + lag - self._path(before, "fiscal_year")
        return offset.is_in(offsets).fill_null(False) & nowhere

    def _gap_elsewhere(self, link: Link, links: tuple[str, ...]) -> Mask:
        """Where a partner lacks the column that a link to another book leads to, although the form
        prints it.
        """
        before = links[:-1]
        printed = ~self._path(before, PARTNER).is_null()
        if not link.evaluated:
            places = places_there(link, self.form)
            printed = printed & self._path(before, AT).is_in([*places]).fill_null(False)
        return printed & self._path(links, "year").is_null()

    def _stated(self, links: tuple[str, ...], name: str) -> tuple[Base, nw.Expr, Missing]:
        """The column under a name as the tables have it: a row that is not there is blank."""
        scope = self.target(links)
        base = self.bases_at(links).get(scope)
        if base is None or name in base.absent:
            return base or Base(), nw.lit(None, nw.Int64), self._lacking(scope, links, name)
        value = self._path(links, name)
        opened: Mask = False
        unknown: Mask = False
        if name in base.open:
            opened = self._mark(links, f"{name}.open")
            self.opened.append(opened)
        if name in base.unknown:
            unknown = self._mark(links, f"{name}.unknown")
        if not links and base.blank is not None and name not in base.blank:
            return base, value, Missing(False, unknown, opened)
        blank = value.is_null()
        for mask in (opened, unknown):
            blank = blank & ~mask if isinstance(mask, nw.Expr) else blank
        return base, value, Missing(blank, unknown, opened)

    def _lacking(self, scope: Each, links: tuple[str, ...], name: str) -> Missing:
        """What is missing of a name without a column. What a figure that a form prints says is not
        known; where a link leads nowhere, it is blank.
        """
        year = _PRINTED.get(scope)
        if year is None or name in _PLAIN[scope] or name not in self.form.definitions[scope]:
            return Missing(blank=True)
        if not links:
            return Missing(unknown=True)
        nowhere = self._path(links, year).is_null()
        return Missing(blank=nowhere, unknown=~nowhere)

    def _path(self, links: tuple[str, ...], name: str) -> nw.Expr:
        path = path_of(links, name)
        self.paths[path] = (links, name)
        return self.named(path)

    def _mark(self, links: tuple[str, ...], name: str) -> nw.Expr:
        """A mark of a row, false where a link leads nowhere."""
        mark = self._path(links, name)
        return mark.fill_null(False) if links else mark

    def named(self, name: str) -> nw.Expr:
        if name not in self._columns:
            self._columns[name] = column = nw.col(name)
            self._names[id(column)] = name
        return self._columns[name]

    @cached_property
    def stages(self) -> Mapping[float, Expressions]:
        """The steps, once all formulas are compiled."""
        return {at: Expressions(steps) for at, steps in self.steps.items()}

    def names_of(self, parts: Iterable[Any]) -> set[str]:
        """The columns of their own among some expressions."""
        return {self._names[id(part)] for part in parts if id(part) in self._names}

    def _looked_up(self, links: tuple[str, ...]) -> LookedUp | None:
        """The row of another table that links lead to; None where they lead to none."""
        lookup = self.form.lookups.get(links[0]) if links else None
        if lookup is None or self.scope != self.form.row_scope:
            return None
        if len(links) > 1:
            raise NotColumnar(f"the link {links[1]}", f"参照 {links[1]}")
        if links not in self.gathered:
            prefix = f"set{len(self.gathered)}"
            self.gathered[links] = LookedUp(lookup, prefix, self, self.lookups)
        looked_up = self.gathered[links]
        assert isinstance(looked_up, LookedUp)
        return looked_up

    def number(self, links: tuple[str, ...], name: str) -> Num:
        looked_up = self._looked_up(links)
        if looked_up is not None:
            return looked_up.number(name)
        scope = self.target(links)
        base, value, missing = self.column(links, name)
        scale, bound = base.scales.get(name, 1), base.bounds.get(name, LARGEST)
        if missing.blank is True or name in _PLAIN[scope]:
            return Whole(value, value, 1, bound, missing, base.least.get(name, -1))
        definition = self.form.definitions[scope].get(name)
        if definition is None:
            raise NotColumnar(f"{name} as a number", f"数としての {name}")
        factor = self.form.factor(definition.unit) if scope in ("sheet", "year") else Decimal(1)
        if not is_decimal(factor):
            raise NotColumnar(f"the unit {definition.unit}", f"単位 {definition.unit}")
        point = Whole(value, value, scale, bound, missing, base.least.get(name, -1))
        return rounded(point, definition, Fraction(definition.step) * Fraction(factor))

    def word(self, links: tuple[str, ...], name: str) -> Word:
        looked_up = self._looked_up(links)
        if looked_up is not None:
            return looked_up.word(name)
        if name not in _TEXTS[self.target(links)]:
            raise NotColumnar(f"{name} as a text", f"文字としての {name}")
        _, value, missing = self.column(links, name)
        return Word(value, missing)

    def group(self, links: tuple[str, ...], name: str) -> Sequence[tuple[Num, bool]] | Reduced:
        scope = self.target(links)
        if scope == "kpi" and name == "actuals":
            if self.form.kpi is None or self.form.kpi.actual.rounding != "exact":
                raise NotColumnar("rounded actuals", "端数処理された実績値")
            parts = [
                self._reduced(links, f"actuals.{part}")
                for part in ("count", "least", "greatest", "total")
            ]
            return ReducedTo(*parts)
        there = self.form.definitions[scope]
        if scope not in ("year", "sheet", "evaluation"):
            raise NotColumnar(f"the group {name}", f"項目のまとまり {name}")
        cells = self.formula_cells
        members: list[tuple[Num, bool]] = []
        for member in self.groups.get(name, ()):
            if member in there:  # one that stands elsewhere is blank here
                members.append((self.number(links, member), member in cells))
        return members

    def members(self, node: Members) -> Reduced:
        """What the rows of a set come to."""
        key = shape(node)
        if key not in self.gathered:
            rows = SCOPES[self.target(node.links)].gathered(node.of)
            assert rows is not None
            target = rows.to
            member = self if target == self.scope and not node.links else self._of(target, node)
            value = member.number(node.then, node.name)
            prefix = f"set{len(self.gathered)}"
            self.gathered[key] = Gathered(node, prefix, self, member, value, self.is_whole)
        item = self.gathered[key]
        assert isinstance(item, Gathered)
        self.opened.append(item.open)
        return item

    def _of(self, target: Each, node: Members) -> View:
        """The view of the rows of a set of another kind. Raises NotColumnar for one that is not
        of the row's own sheet.
        """
        if node.of != "years" or node.links not in ((), ("sheet",)):
            raise NotColumnar(f"the set {node.path}", f"行の集まり {node.path}")
        return replace(
            self,
            scope=target,
            paths={},
            agreements={},
            opened=[],
            steps={},
            _known={},
            _columns={},
            _names={},
            gathered={},
        )

    def alone(self, call: Call) -> Answers:
        """Whether no other row of the book has the same values."""
        key = shape(call)
        if key not in self.gathered:
            keys = tuple(cast("tuple[Field, ...]", call.arguments))
            partition = Partition(f"set{len(self.gathered)}", self, keys)
            self.gathered[key] = Alone(partition)
        item = self.gathered[key]
        assert isinstance(item, Alone)
        return item.answers()

    def _reduced(self, links: tuple[str, ...], name: str) -> Whole:
        base, value, missing = self.column(links, name)
        scale = 1 if name.endswith("count") else base.scales.get("actuals", 1)
        if name.endswith("count"):
            value, missing = value.fill_null(0), Missing(open=missing.open)
        return Whole(value, value, scale, base.bounds.get(name, LARGEST), missing)

    def let(self, expression: nw.Expr, at: float) -> nw.Expr:
        """A column of its own; those of one height are computed together, and after those below."""
        if id(expression) in self._names:
            return expression
        name = f"#{at:g}/{len(self.steps.setdefault(at, []))}".replace(".", "+")
        self.steps[at].append(expression.alias(name))
        return self.named(name)

    def once(self, node: Node, make: Callable[[], Any]) -> Any:
        """What was made of a node before, or is made now; its figures count among those of the
        rule each time.
        """
        key = shape(node)
        if key in self._known:
            value, opened = self._known[key]
            self.opened += opened
            return value
        seen = len(self.opened)
        value = make()
        self._known[key] = value, self.opened[seen:]
        return value

    def definition(self, figure: Field) -> FieldDefinition | None:
        """What the form says of a figure; None for what is no printed figure."""
        return self.form.definitions[self.target(figure.links)].get(figure.name)

    def point(self, figure: Field) -> tuple[nw.Expr, int]:
        """The printed figures themselves, as whole numbers of ``1 / scale``, and the scale."""
        base, value, _ = self.column(figure.links, figure.name)
        return value, base.scales.get(figure.name, 1)

    def unit(self, figure: Field) -> str | nw.Expr:
        """The unit that a figure is printed in; an indicator's values have each their own."""
        scope, definition = self.target(figure.links), self.definition(figure)
        field = SCOPES[scope].by_name.get(figure.name)
        if field is None or field.unit != "kpi" or definition is None:
            return definition.unit if definition else ""
        if definition.unit:
            raise NotColumnar("an indicator's unit beside the form's", "様式の単位と並ぶ指標の単位")
        return self.column((*figure.links, *(("kpi",) if scope == "kpi_year" else ())), "unit")[
            1
        ].fill_null("")

    def param(self, name: str) -> Num:
        form = self.form
        value = form.stated(name)
        factor = form.factor(form.param_units.get(name, ""))
        if value is None:
            raise NotColumnar(f"the parameter {name}", f"パラメーター {name}")
        if isinstance(value, Decimal):
            return constant(figures.base_units(value, factor))
        if "year" not in _PLAIN[self.scope]:
            raise NotColumnar(f"the parameter {name} by year", f"年度別のパラメーター {name}")
        years = {year: Fraction(number) * Fraction(factor) for year, number in value.items()}
        scale = math.lcm(*(number.denominator for number in years.values()))
        scaled = {year: int(number * scale) for year, number in years.items()}
        column = self._path((), "year")
        chosen = nw.lit(None, nw.Int64)
        for year, number in scaled.items():
            chosen = nw.when(column == year).then(nw.lit(number, nw.Int64)).otherwise(chosen)
        bound = max((abs(number) for number in scaled.values()), default=0)
        return Whole(chosen, chosen, scale, bound, Missing(unknown=chosen.is_null()))

    def table(self, name: str) -> Sequence[tuple[str, ...]]:
        if name != "evaluation_changes":
            raise NotColumnar(f"the table {name}", f"表 {name}")
        return [(banned.before, banned.after) for banned in self.form.evaluation_changes.banned]

    def _agreed(self, agreement: Agreement) -> Num:
        """What groups agree on, from the columns that tell it; those are null for a group of
        which no row has a value.
        """
        columns, ratio = (
            {name: self.named(path) for name, path in agreement.columns.items()},
            agreement.ratio,
        )
        if ratio is None:
            none = ~(columns["state"] == 1).fill_null(False)
            return Real(
                columns["lo_d"],
                columns["lo_u"],
                columns["hi_d"],
                columns["hi_u"],
                Missing(False, none),
            )
        ends = ratio.open
        assert ends is not None
        lo, hi = (
            (columns[f"{end}_open"] == 1).fill_null(False)
            if agreement.marks(end)
            else getattr(ends, end)
            for end in ("lo", "hi")
        )
        numbers = (
            (columns[f"{name}_lo"], columns[f"{name}_lo" if ratio.point else f"{name}_hi"])
            for name in ("over", "under")
        )
        over, under = (
            Whole(*pair, part.scale, part.bound, Missing(), part.least)
            for pair, part in zip(numbers, (ratio.over, ratio.under), strict=True)
        )
        beyond = (under.lo == TOO_LARGE).fill_null(False)
        none = ~(under.lo > 0).fill_null(False) & ~beyond
        return Ratio(replace(over, ends=Ends(lo, hi)), under, Missing(False, none, beyond))

    def agreed(self, call: Call) -> Num:
        expression = call.arguments[0]
        value = measured(expression, self)  # each time: its figures count among those of the rule
        prefix = f"agreed/{len(self.agreements)}"
        agreement = Agreement(expression, value, prefix, height(expression))
        group = self._agreed(self.agreements.setdefault(shape(expression), agreement))
        declared = call.arguments[1] if len(call.arguments) == 2 else None
        if not isinstance(declared, Name) or declared.value not in self.form.params:
            return group
        fixed = self.param(declared.value)
        there = fixed.missing.there
        if not isinstance(there, nw.Expr):
            return fixed
        number, other = fixed.real, group.real
        apart = opposite(there)
        missing = Missing(
            False, both(group.missing.unknown, apart), both(group.missing.open, apart)
        )

        def chosen(pick: Callable[[Real], nw.Expr]) -> nw.Expr:
            return nw.when(there).then(pick(number)).otherwise(pick(other))

        return Real(
            chosen(lambda r: r.lo_d),
            chosen(lambda r: r.lo_u),
            chosen(lambda r: r.hi_d),
            chosen(lambda r: r.hi_u),
            missing,
        )
