"""What was not checked is counted whole, however little of it is listed."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from auditor.records.model import NotChecked
from auditor.records.text import Why
from auditor.records.unchecked import MOST_ALIKE, Reasons, counted, number_of


def _reason(document: str | None, rule: str | None, code: str, sheet: int) -> NotChecked:
    why = Why(code=code, en=f"reason {code}", ja=f"理由 {code}")
    return NotChecked(document=document, rule=rule, sheet=sheet, why=why)


_SOME = st.builds(
    _reason,
    st.sampled_from([None, "a.txt", "b.txt"]),
    st.sampled_from([None, "FND001"]),
    st.sampled_from(["scan", "crashed"]),
    st.integers(1, 9),
)


@st.composite
def _entries(draw: st.DrawFn) -> list[NotChecked]:
    """Entries of few kinds, some of them many times."""
    entries: list[NotChecked] = []
    for reason in draw(st.lists(_SOME, max_size=8)):
        entries += [reason] * draw(st.integers(1, 3 * MOST_ALIKE))
    return entries


def _kind(entry: NotChecked) -> tuple[str | None, str | None, str]:
    return entry.document, entry.rule, entry.why.code


@given(_entries())
def test_nothing_is_lost_by_counting(entries: list[NotChecked]) -> None:
    """Each kind keeps its number; the first of each are listed in their order; to count what is
    counted already changes nothing.
    """
    result = counted(entries)
    numbers = Counter(map(_kind, entries))
    assert number_of(result) == len(entries)
    assert {_kind(entry) for entry in result} == set(numbers)
    listed = [entry for entry in result if not entry.more]
    assert Counter(map(_kind, listed)) == {kind: min(n, MOST_ALIKE) for kind, n in numbers.items()}
    first = Counter[tuple[str | None, str | None, str]]()
    expected: list[NotChecked] = []
    for entry in entries:
        first[_kind(entry)] += 1
        if first[_kind(entry)] <= MOST_ALIKE:
            expected.append(entry)
    assert listed == expected
    assert counted(result) == result


@given(_entries(), _entries())
def test_parts_count_as_the_whole(before: list[NotChecked], after: list[NotChecked]) -> None:
    """What was counted for a document counts on where documents come together."""
    reasons = Reasons(counted(before))
    reasons += counted(after)
    assert number_of(reasons.counted()) == len(before) + len(after)
    assert len(reasons) <= MOST_ALIKE * len(set(map(_kind, [*before, *after])))
