"""What differs between two versions of one record, spot by spot."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.comparison.contents import Content, printed_on, same_content
from auditor.records.figures import Record
from auditor.records.model import Kpi, Sheet

__all__ = ["Difference", "differences"]


class Difference(Record):
    """A spot at which two versions of a record do not say the same.

    ``before`` or ``after`` is None where that version has no such spot: a column that the one
    prints and the other does not.
    """

    field: str
    year: str | None = None
    before: Content | None = None
    after: Content | None = None

    @property
    def is_known(self) -> bool:
        """Whether both versions were read at this spot; if not, nobody knows whether they
        differ.
        """
        sides = (self.before, self.after)
        return all(side is None or side.state != "unread" for side in sides)


def differences(before: Sheet | Kpi, after: Sheet | Kpi) -> tuple[Difference, ...]:
    """The differences between two versions of a sheet or of a KPI, in the order of the later one;
    what only the earlier one has comes last.

    Figures differ by their values, units and states (a blank is no dash), texts by their words.
    Places, documents and numbers of sheets are no difference.
    """
    return tuple(_differences(before, after))


def _differences(before: Sheet | Kpi, after: Sheet | Kpi) -> Iterator[Difference]:
    old, new = dict(printed_on(before)), dict(printed_on(after))
    for spot in dict.fromkeys([*new, *old]):
        earlier, later = old.get(spot), new.get(spot)
        if not same_content(earlier, later):
            yield Difference(
                field=spot.field,
                year=spot.year,
                before=None if earlier is None else earlier.content,
                after=None if later is None else later.content,
            )
