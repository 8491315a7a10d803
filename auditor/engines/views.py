"""One kind of row of one form as columns: what its formulas name, with the columns of linked rows
joined to it.

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

from auditor.engines.bases import AT, Base
from auditor.engines.engine import Engine, Frame
from auditor.engines.expressions import Expressions
from auditor.engines.keys import OWNER
from auditor.engines.pairs import PARTNER, YEARS_BEFORE
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
from auditor.records.figures import Interval, Quantity
from auditor.tables.cells import inner

__all__ = ["Agreement", "Join", "Sources", "View", "as_of", "stepped", "with_sets"]

Path = tuple[tuple[str, ...], str]
"""The links to follow from a row, and the name there."""

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
_LARGEST: Final = 2**63 - 1
_TOO_LARGE: Final = -1
"""The divisor of what no column can hold: its rows are left to the judge."""
_ENDS: Final = ("lo_d", "lo_u", "hi_d", "hi_u")


@dataclass(frozen=True)
class Agreement:
    """One ``agreed(…)``: the number that the rows of a group should agree on, and how what they
    agree on is told by columns.

    ``ratio`` is the number as a quotient whose ends are known to be open or not: its whole
    numbers are columns, ``under_lo`` is 0 where nothing is agreed on, and below 0 where the numbers
    are too large. Any other number is told by enclosures, with ``state`` 0 for nothing.
    """

    expression: Node
    value: Num
    prefix: str
    height: int

    @cached_property
    def ratio(self) -> Ratio | None:
        value = self.value
        if isinstance(value, Whole):
            value = value.over_one or value
        return (
            value
            if isinstance(value, Ratio) and value.under.point and value.open is not None
            else None
        )

    def marks(self, end: str) -> list[str]:
        """The column that says whether an end (``lo`` or ``hi``) is open, where that is not the
        same for every row.
        """
        ends = self.ratio and self.ratio.open
        return [f"{end}_open"] if ends and isinstance(getattr(ends, end), nw.Expr) else []

    @cached_property
    def columns(self) -> dict[str, str]:
        """The columns by which what is agreed on is told: the name in the table of groups, and in
        a frame of rows.
        """
        if self.ratio is None:
            names = [*_ENDS, "state"]
        else:
            ends = ("lo",) if self.ratio.point else ("lo", "hi")
            names = [
                name for end in ends for name in (f"over_{end}", f"under_{end}", *self.marks(end))
            ]
        return {name: f"{self.prefix}/{name}" for name in names}

    def written(self, value: Quantity | None) -> dict[str, int | float | None]:
        """An agreed value as columns."""
        if self.ratio is None:
            if value is None:
                return {**dict.fromkeys(_ENDS), "state": 0}
            span = figures.ends(value)
            return {
                **dict(zip(_ENDS, (*_enclosed(span.lo), *_enclosed(span.hi)), strict=True)),
                "state": 1,
            }
        if value is None:
            return dict.fromkeys(self.columns, 0)
        span, (up, down) = figures.ends(value), self.ratio.factors
        found: dict[str, int | float | None] = {
            "lo_open": int(span.lo_open),
            "hi_open": int(span.hi_open),
        }
        for end, place in (("lo", span.lo), ("hi", span.hi)):
            quotient = Fraction(place) * down / up
            found |= {f"over_{end}": quotient.numerator, f"under_{end}": quotient.denominator}
        told = {name: found[name] for name in self.columns}
        if any(abs(number or 0) > _LARGEST for number in told.values()):
            return {**dict.fromkeys(self.columns, 0), "under_lo": _TOO_LARGE}
        return told

    def read(self, row: Mapping[str, Any]) -> Quantity | None:
        """The agreed value that columns tell."""
        assert self.ratio is not None
        (up, down), ends = self.ratio.factors, self.ratio.open
        if not row["under_lo"] or ends is None:
            return None
        lo, hi = (
            figures.exact(Fraction(row[f"over_{end}"] * up, row[f"under_{end}"] * down))
            for end in ("lo", "lo" if self.ratio.point else "hi")
        )
        if lo == hi:
            return lo
        return Interval(
            lo,
            hi,
            *(
                bool(row[self.marks(end)[0]] if self.marks(end) else getattr(ends, end))
                for end in ("lo", "hi")
            ),
        )


def _enclosed(value: int | Fraction) -> tuple[float, float]:
    near = float(value)
    away = abs(near) * 2.0**-51
    return near - away, near + away


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
    gathered: dict[Any, Above | Alone | Gathered] = field(
        default_factory=dict[Any, "Above | Alone | Gathered"]
    )
    """What formulas ask of sets of rows."""

    def __post_init__(self) -> None:
        self.groups = self.form.figure_groups
        self.formula_cells = {
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
        made = self.gathered[(_PARENT,)]
        assert isinstance(made, Above)
        return made

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
        left: Mask = False
        unknown: Mask = False
        if name in base.open:
            left = self._mark(links, f"{name}.open")
            self.opened.append(left)
        if name in base.unknown:
            unknown = self._mark(links, f"{name}.unknown")
        if not links and base.blank is not None and name not in base.blank:
            return base, value, Missing(False, unknown, left)
        blank = value.is_null()
        for mask in (left, unknown):
            blank = blank & ~mask if isinstance(mask, nw.Expr) else blank
        return base, value, Missing(blank, unknown, left)

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
        path = _path(links, name)
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

    def number(self, links: tuple[str, ...], name: str) -> Num:
        scope = self.target(links)
        base, value, missing = self.column(links, name)
        scale, bound = base.scales.get(name, 1), base.bounds.get(name, LARGEST)
        if missing.blank is True or name in _PLAIN[scope]:
            return Whole(value, value, 1, bound, missing, base.least.get(name, -1))
        definition = self.form.definitions[scope].get(name)
        if definition is None:
            raise NotColumnar(f"{name} as a number", f"数としての {name}")
        factor = self.form.factor(definition.unit) if scope in ("sheet", "year") else Decimal(1)
        if not _ends(factor):
            raise NotColumnar(f"the unit {definition.unit}", f"単位 {definition.unit}")
        point = Whole(value, value, scale, bound, missing, base.least.get(name, -1))
        return _rounded(point, definition, Fraction(definition.step) * Fraction(factor))

    def word(self, links: tuple[str, ...], name: str) -> Word:
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
        found: list[tuple[Num, bool]] = []
        for member in self.groups.get(name, ()):
            if member in there:  # one that stands elsewhere is blank here
                found.append((self.number(links, member), member in cells))
        return found

    def members(self, node: Members) -> Reduced:
        """What the rows of a set come to."""
        said = shape(node)
        if said not in self.gathered:
            rows = SCOPES[self.target(node.links)].gathered(node.of)
            assert rows is not None
            target = rows.to
            member = self if target == self.scope and not node.links else self._of(target, node)
            value = member.number(node.then, node.name)
            prefix = f"set{len(self.gathered)}"
            self.gathered[said] = Gathered(node, prefix, self, member, value, self.is_whole)
        made = self.gathered[said]
        assert isinstance(made, Gathered)
        self.opened.append(made.open)
        return made

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
        said = shape(call)
        if said not in self.gathered:
            keys = tuple(cast("tuple[Field, ...]", call.arguments))
            partition = Partition(f"set{len(self.gathered)}", self, keys)
            self.gathered[said] = Alone(partition)
        made = self.gathered[said]
        assert isinstance(made, Alone)
        return made.answers()

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
        said = shape(node)
        if said in self._known:
            made, opened = self._known[said]
            self.opened += opened
            return made
        seen = len(self.opened)
        made = make()
        self._known[said] = made, self.opened[seen:]
        return made

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
        beyond = (under.lo == _TOO_LARGE).fill_null(False)
        none = ~(under.lo > 0).fill_null(False) & ~beyond
        return Ratio(replace(over, ends=Ends(lo, hi)), under, Missing(False, none, beyond))

    def agreed(self, call: Call) -> Num:
        expression = call.arguments[0]
        value = measured(expression, self)  # each time: its figures count among those of the rule
        made = Agreement(expression, value, f"agreed/{len(self.agreements)}", height(expression))
        group = self._agreed(self.agreements.setdefault(shape(expression), made))
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


def _ends(factor: Decimal) -> bool:
    """Whether dividing by it ends: only then do base units stand for a printed decimal."""
    numerator = Fraction(factor).numerator
    for prime in (2, 5):
        while numerator % prime == 0:
            numerator //= prime
    return numerator == 1


def _rounded(point: Whole, definition: FieldDefinition, step: Fraction) -> Num:
    """The interval that a printed value stands for; its ends are whole numbers on a scale fine
    enough.
    """
    mode = figures.MODES[definition.rounding]
    around = [figures.ends(mode.around(sign)) for sign in _signs(point.least)]
    if all(span.lo == span.hi for span in around):
        return point
    finer = math.lcm(
        point.scale, *((end * step).denominator for span in around for end in (span.lo, span.hi))
    )
    if finer > 10**12:
        raise NotColumnar("a very fine step", "非常に細かい単位の数値")
    factor = finer // point.scale
    value = point.lo if factor == 1 else point.lo * factor
    below = [int(span.lo * step * finer) for span in around]
    above = [int(span.hi * step * finer) for span in around]
    return Whole(
        lo=_moved(value, *below),
        hi=_moved(value, *above),
        scale=finer,
        bound=point.bound * factor + max(map(abs, (*below, *above))),
        missing=point.missing,
        least=point.least * factor + min(below),
        ends=Ends(
            _where(value, *(span.lo_open for span in around)),
            _where(value, *(span.hi_open for span in around)),
        ),
        wide=all(span.lo < span.hi for span in around),
    )


def _signs(least: int) -> tuple[int, int, int]:
    """The signs of figures below 0, of 0 and of those above; where no figure is below ``least``,
    signs that none has stand for the nearest that some have, so that no row is asked for its own.
    """
    return (1, 1, 1) if least > 0 else (0, 0, 1) if least == 0 else (-1, 0, 1)


def _moved(value: nw.Expr, negative: int, zero: int, positive: int) -> nw.Expr:
    """Values moved by what their sign says."""
    if negative == zero == positive:
        return value + zero if zero else value
    otherwise = nw.lit(zero, nw.Int64)
    if negative != zero:
        otherwise = nw.when(value < 0).then(nw.lit(negative, nw.Int64)).otherwise(otherwise)
    if positive != zero:
        otherwise = nw.when(value > 0).then(nw.lit(positive, nw.Int64)).otherwise(otherwise)
    return value + otherwise


def _where(value: nw.Expr, negative: bool, zero: bool, positive: bool) -> Mask:
    """Where a value's sign is one of those for which something holds."""
    if negative == zero == positive:
        return zero
    if negative == zero:
        where = value > 0 if positive else value <= 0
    elif zero == positive:
        where = value < 0 if negative else value >= 0
    else:
        where = value == 0 if zero else value != 0
    return where.fill_null(False)


# --- the frames behind the names


@dataclass(frozen=True)
class Sources:
    """The frames of each kind of row of one form, with what links need."""

    frames: Mapping[Each, Frame]
    form: Form
    engine: Engine
    others: Mapping[OtherBook, Sources] = field(default_factory=dict[OtherBook, "Sources"])
    """Those of the books that these are held against."""
    is_whole: bool = True
    """Whether every row of the tables is in some book."""


Join = Callable[[Agreement, Frame], Frame]


def as_of(view: View, sources: Sources) -> Frame:
    """The frame of a view's rows with a column for every path that its formulas named."""
    return _linked(view.scope, [(links, name) for links, name in view.paths.values()], sources)


def with_sets(view: View, frame: Frame, sources: Sources) -> Frame:
    """The frame with the columns that tell what sets of rows come to."""
    if view.gathered:
        frame = sources.engine.kept(frame)
    for item in view.gathered.values():
        frame = item.joined(frame, sources)
    return sources.engine.kept(frame) if view.gathered else frame


def stepped(view: View, frame: Frame, engine: Engine, join: Join) -> Frame:
    """The frame with the columns that formulas made on the way; ``join`` adds what groups agree
    on.
    """
    agreements = list(view.agreements.values())
    for at in sorted({*view.steps, *(agreement.height for agreement in agreements)}):
        if at in view.steps:
            frame = engine.extended(frame, view.stages[at])
        for agreement in agreements:
            if agreement.height == at:
                frame = join(agreement, frame)
    return frame


def _path(links: Sequence[str], name: str) -> str:
    return inner(".".join((*links, name)))


def _linked(scope: Each, paths: Sequence[Path], sources: Sources) -> Frame:
    below: dict[str, list[Path]] = {}
    for links, name in paths:
        if links:
            below.setdefault(links[0], []).append((links[1:], name))
    over_rows = [step for step in below if SCOPES[scope].follow(step).over == "row"]
    shifted = [path for link in over_rows for path in below[link]]
    if shifted:
        direct = [(links, name) for links, name in paths if links and links[0] not in over_rows]
        frame = _linked(scope, [*dict.fromkeys([*direct, *shifted])], sources)
    else:
        frame = sources.frames[scope]
    for name, further in below.items():
        link = SCOPES[scope].follow(name)
        columns = {_path((name, *links), end): _path(links, end) for links, end in further}
        if link.over == "row":
            frame = sources.engine.moved(frame, [OWNER], AT, -link.step, columns)
        elif not shifted:
            frame = _joined(frame, link, scope, further, columns, sources)
    return frame


def _joined(
    frame: Frame,
    link: Link,
    scope: Each,
    wanted: Sequence[Path],
    columns: Mapping[str, str],
    sources: Sources,
) -> Frame:
    """The columns of a linked row of another kind, or of another book."""
    target = link.to
    there = sources if link.other is None else sources.others[link.other]
    if target not in there.frames:
        return frame.with_columns(nw.lit(None, nw.Int64).alias(new) for new in columns)
    other = _linked(target, wanted, there)
    keys = [OWNER]
    if link.over == "book":
        keys = [PARTNER]
        at = _place_elsewhere(scope, link, sources.form)
        if isinstance(at, int):
            other = other.filter(nw.col(AT) == at)
        elif at is not None:
            frame, keys = frame.with_columns(at.alias("#linked")), [PARTNER, "#linked"]
    elif link.over == "column":
        at = _linked_column(scope, link, sources.form)
        if isinstance(at, int | None):
            other = other.filter(nw.col(AT) == (-1 if at is None else at))
        else:
            frame, keys = frame.with_columns(at.alias("#linked")), [OWNER, "#linked"]
    renamed = [
        nw.col(OWNER).alias("of owner"),
        *([nw.col(AT).alias("of place")] if len(keys) > 1 else []),
    ]
    other = other.select(*renamed, *(nw.col(old).alias(new) for new, old in columns.items()))
    right = ["of owner", "of place"][: len(keys)]
    return sources.engine.linked(frame, other, keys, right).drop("#linked", strict=False)


def places_there(link: Link, form: Form) -> dict[int, int]:
    """The place of a column of the same year in last year's book, by the place of one in this;
    columns that it does not print are left out. The link says which kind, where it is another.
    """
    places = {(column.offset, column.kind): at for at, column in enumerate(form.columns)}
    there = {
        at: places.get((column.offset + YEARS_BEFORE, link.kind or column.kind))
        for at, column in enumerate(form.columns)
    }
    return {at: place for at, place in there.items() if place is not None}


def _place_elsewhere(scope: Each, link: Link, form: Form) -> nw.Expr | int | None:
    """The place of the row in last year's book that a row is linked to; None for the sheet or KPI
    itself.
    """
    match scope:
        case "year" if link.evaluated:
            column = form.evaluated_column(0, 0)
            ids = [form.column_id(each, 0) for each in form.columns]
            return ids.index(column) if column is not None else -1
        case "year":
            chosen = nw.lit(None, nw.Int64)
            for at, place in places_there(link, form).items():
                here = nw.when(nw.col(AT) == at)
                chosen = here.then(nw.lit(place, nw.Int64)).otherwise(chosen)
            return chosen
        case "evaluation" if link.evaluated:
            return nw.col("fiscal_year") - YEARS_BEFORE
        case "evaluation" | "kpi_year":
            return nw.col(AT) + 0
        case _:
            return None


def _linked_column(scope: Each, link: Link, form: Form) -> nw.Expr | int | None:
    """The place of the column that an evaluation (or the sheet) looks at or directs; null where
    the form prints none.
    """
    lag = form.evaluation_lag if link.lagged else 0
    places: dict[int, int] = {}
    for index, column in enumerate(form.columns):
        before = places.get(column.offset)
        if before is None or (column.kind == link.kind and form.columns[before].kind != link.kind):
            places[column.offset] = index
    if scope == "sheet":
        return places.get(lag)
    offset = nw.col("year") + lag - nw.col("fiscal_year")
    chosen = nw.lit(None, nw.Int64)
    for distance, index in places.items():
        chosen = nw.when(offset == distance).then(nw.lit(index, nw.Int64)).otherwise(chosen)
    return chosen
