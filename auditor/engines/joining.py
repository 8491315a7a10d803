"""The frames behind the names of a view: the columns of linked rows joined to those of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

import narwhals as nw

from auditor.engines.agreement import Agreement
from auditor.engines.bases import AT
from auditor.engines.engine import Engine, Frame
from auditor.engines.keys import OWNER
from auditor.engines.pairs import PARTNER, YEARS_BEFORE
from auditor.forms.model import Form
from auditor.records.fields import SCOPES, Each, Link, OtherBook
from auditor.rules.lookups import Lookups
from auditor.tables.cells import inner

if TYPE_CHECKING:  # views are told by their frames, and frames by their views
    from auditor.engines.views import View

__all__ = ["Join", "Path", "Sources", "as_of", "path_of", "places_there", "stepped", "with_sets"]

Path = tuple[tuple[str, ...], str]
"""The links to follow from a row, and the name there."""


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
    lookups: Lookups | None = None
    """The tables that rows are looked up in."""


Join = Callable[[Agreement, Frame], Frame]


def as_of(view: View, sources: Sources) -> Frame:
    """The frame of a view's rows with a column for every path that its formulas named."""
    return _linked(view.scope, [(links, name) for links, name in view.paths.values()], sources)


def with_sets(view: View, frame: Frame, sources: Sources) -> Frame:
    """The frame with the columns that tell what sets of rows come to."""
    if not view.gathered:
        return frame
    opened = [(each, len(each.opened)) for each in view.views]
    frame = sources.engine.kept(frame)
    for item in view.gathered.values():
        frame = item.joined(frame, sources)
    for each, number in opened:  # no rule asks any more which columns were named
        del each.opened[number:]
    return sources.engine.kept(frame)


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


def path_of(links: Sequence[str], name: str) -> str:
    return inner(".".join((*links, name)))


def _linked(scope: Each, paths: Sequence[Path], sources: Sources) -> Frame:
    below: dict[str, list[Path]] = {}
    for links, name in paths:
        if links:
            below.setdefault(links[0], []).append((links[1:], name))
    over_rows = [step for step in below if SCOPES[scope].follow(step).over == "row"]
    shifted = list(chain.from_iterable(below[link] for link in over_rows))
    if shifted:
        direct = [(links, name) for links, name in paths if links and links[0] not in over_rows]
        frame = _linked(scope, [*dict.fromkeys([*direct, *shifted])], sources)
    else:
        frame = sources.frames[scope]
    for name, further in below.items():
        link = SCOPES[scope].follow(name)
        columns = {path_of((name, *links), end): path_of(links, end) for links, end in further}
        if link.over == "row":
            frame = sources.engine.moved(frame, [OWNER], AT, -link.step, columns)
        elif not shifted:
            frame = _joined(frame, link, scope, further, columns, sources)
    return frame


def _joined(
    frame: Frame,
    link: Link,
    scope: Each,
    paths: Sequence[Path],
    columns: Mapping[str, str],
    sources: Sources,
) -> Frame:
    """The columns of a linked row of another kind, or of another book."""
    target = link.to
    there = sources if link.other is None else sources.others[link.other]
    if target not in there.frames:
        return frame.with_columns(nw.lit(None, nw.Int64).alias(new) for new in columns)
    other = _linked(target, paths, there)
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
