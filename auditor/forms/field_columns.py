"""What a form says of the columns that print a figure: ``columns`` of a field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.forms.keys import path_of_field
from auditor.records.nearest import hint, nearest_name
from auditor.toml.faults import WrongValue

if TYPE_CHECKING:
    from auditor.forms.model import Form

__all__ = ["field_column_faults"]


def field_column_faults(form: Form) -> Iterator[WrongValue]:
    """Columns that the form has not, of figures that stand in none, or that together name none."""
    kinds = [column.kind for column in form.columns]
    for name, definition in form.fields.items():
        key = (*path_of_field(name), "columns")
        if definition.columns and name not in form.amounts:
            yield WrongValue(
                "only figures of columns can be those of some columns",
                "年度の列の数値だけに指定できます",
                key,
            )
            continue
        faulty = False
        for number, stated in enumerate(definition.columns):
            if stated in (form.offsets if isinstance(stated, int) else kinds):
                continue
            faulty = True
            near = nearest_name(stated, kinds) if isinstance(stated, str) else None
            hint_en, hint_ja = hint(near)
            yield WrongValue(
                f"no column has the {_what(stated)} {stated!r}{hint_en}",
                f"{stated} の列が [[columns]] にありません{hint_ja}",
                (*key, number),
                rests_on=[("columns",)],
            )
        if not faulty and not any(map(definition.is_in, form.columns)) and definition.columns:
            yield WrongValue(
                "no column has both: an offset and a kind of them together name none",
                "offset と kind の両方に合う列が [[columns]] にありません",
                key,
                rests_on=[("columns",)],
            )


def _what(stated: int | str) -> str:
    return "offset" if isinstance(stated, int) else "kind"
