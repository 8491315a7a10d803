"""Which heading is over which column where no lines say so: the right one, or none at all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from auditor.readers.pdf.list_headings import Interval, assigned


@st.composite
def columns(draw: st.DrawFn) -> list[tuple[Interval, Interval | None]]:
    """Cells beside each other, each with its heading, and what stands below it, if anything."""
    pairs: list[tuple[Interval, Interval | None]] = []
    left = 0.0
    for _ in range(draw(st.integers(1, 8))):
        width = float(draw(st.integers(20, 90)))

        def inside(left: float = left, width: float = width) -> tuple[float, float]:
            wide = float(draw(st.integers(4, int(width) - 4)))
            room = width - wide - 2
            start = left + 1 + room * draw(st.sampled_from([0.0, 0.5, 1.0]))
            return start, start + wide

        heading = Interval(*inside())
        body = Interval(*inside(), figures=draw(st.sampled_from([-1, 1])))
        pairs.append((heading, draw(st.sampled_from([body, body, None]))))
        left += width
    return pairs


@given(columns())
def test_a_full_table_has_one_way_and_it_is_the_right_one(
    pairs: list[tuple[Interval, Interval | None]],
) -> None:
    heads = [heading for heading, _ in pairs]
    bodies = [body or heading for heading, body in pairs]
    assert assigned(heads, bodies) == list(range(len(pairs)))


@given(columns())
def test_more_columns_than_headings_have_no_way(
    pairs: list[tuple[Interval, Interval | None]],
) -> None:
    heads = [heading for heading, _ in pairs]
    assert assigned(heads[1:], [body or heading for heading, body in pairs]) is None


def _follows_custom(heading: Interval, body: Interval) -> bool:
    """Whether figures stand right of where their heading begins, and texts left of its end."""
    if body.figures > 0:
        return body.right > heading.left
    return body.left < heading.right


@given(columns())
def test_an_empty_column_is_told_or_nothing_is(
    pairs: list[tuple[Interval, Interval | None]],
) -> None:
    custom = all(body is None or _follows_custom(heading, body) for heading, body in pairs)
    bodies = [body for _, body in pairs if body is not None]
    numbers = iter(range(len(bodies)))
    right = [None if body is None else next(numbers) for _, body in pairs]
    answer = assigned([heading for heading, _ in pairs], bodies)
    if custom:
        assert answer in (None, right)
