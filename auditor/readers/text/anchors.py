"""What a sheet prints once, counted, so that no sheet is lost with the line that begins it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from auditor.readers.text.table_rows import holds_figure
from auditor.readers.wording import Item, Line, Wording
from auditor.records.fiscal import parse_year
from auditor.records.text import Why

__all__ = ["before_first", "within"]

_ROWS: Final = 3
"""So many rows of amounts are a budget table, whatever else names a source of funding."""
_TOGETHER: Final = 2
"""One kind of anchor proves nothing: a cover has the title, an appendix has a table."""


def before_first(lines: Sequence[Line], wording: Wording) -> Why | None:
    """Why the lines before the first sheet are none of a cover: they hold a sheet's anchors."""
    if not _stand_together(_anchors(lines, wording), 1, ignored="title"):
        return None
    first, last = lines[0].number, lines[-1].number
    return Why(
        code="sheet-not-understood",
        en=f"lines {first} to {last} hold a sheet whose first heading can't be found; "
        "it was not checked. Compare that heading with the form's",
        ja=f"{first}～{last}行目にシートがありますが、先頭の見出しが見つからないため"
        "点検していません。見出しの文字を様式と見比べてください",
    )


def within(lines: Sequence[Line], wording: Wording) -> Why | None:
    """Why the lines of one sheet are not one: they hold what a sheet prints once, twice."""
    if not _stand_together(_anchors(lines, wording), 2):
        return None
    first, last = lines[0].number, lines[-1].number
    return Why(
        code="sheet-not-understood",
        en=f"lines {first} to {last} hold more than one sheet, and only one begins with the "
        "form's heading; none of them was checked. Compare the headings with the form's",
        ja=f"{first}～{last}行目に複数のシートがありますが、先頭の見出しが1つしか見つからないため"
        "いずれも点検していません。見出しの文字を様式と見比べてください",
    )


def _stand_together(anchors: Counter[str], times: int, ignored: str = "") -> bool:
    """Whether several kinds of anchors are printed so many times."""
    kinds = [kind for kind, count in anchors.items() if count >= times and kind != ignored]
    return len(kinds) >= _TOGETHER


def _anchors(lines: Iterable[Line], wording: Wording) -> Counter[str]:
    """How often the lines print each kind of anchor."""
    counts: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    evaluations: Counter[int] = Counter()
    for line in lines:
        if line.key in wording.texts:
            counts["texts"] += 1
        elif line.key in wording.budget:
            counts["budget"] += 1
        elif wording.title_in(line.key):
            counts["title"] += 1
        else:
            item = wording.item(line)
            if item.kind == "evaluation":
                evaluations.update(_evaluated(item, wording))
            if item.kind == "row" and holds_figure(item.rest):
                rows[item.field] += 1
    # A sheet prints the evaluation of several years, each of them once.
    counts["evaluation"] = max(evaluations.values(), default=0)
    for field in wording.form.sheet_figures:
        counts[field] = rows[field]
    amounts = sorted((rows[field] for field in wording.form.amounts), reverse=True)
    counts["rows"] = amounts[_ROWS - 1] if len(amounts) >= _ROWS else 0
    return counts


def _evaluated(item: Item, wording: Wording) -> Iterator[int]:
    """The years whose evaluations a line heads."""
    for match in wording.evaluation.finditer(item.line.key):
        if (year := parse_year(match[1])) is not None:
            yield year
