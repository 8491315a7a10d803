"""What tables and records have in common: their plain fields, and how figures are defined."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter

from auditor.forms.model import FieldDefinition, Form, KpiTable
from auditor.records.fields import (
    EACH_OF,
    NAMES,
    SCOPES,
    TABLES,
    Field,
    TableName,
)
from auditor.records.model import (
    RECORDS,
    Document,
    Kpi,
    NotChecked,
    Part,
    Remark,
    UnreadNumber,
    default_of,
)

__all__ = ["MESSAGES", "PLAIN", "definition_of", "factor_of", "in_unit_of_kpi", "usual_unit"]

MESSAGES: Final[Mapping[str, TypeAdapter[Any]]] = {
    "remarks": TypeAdapter(tuple[Remark, ...]),
    "not_checked": TypeAdapter(tuple[NotChecked, ...]),
    "unread": TypeAdapter(tuple[UnreadNumber, ...]),
    "parts": TypeAdapter(tuple[Part, ...]),
}


def _plain_fields(table: TableName) -> tuple[tuple[Field, Any], ...]:
    """The fields of a table's record that are columns and no figures, with their defaults."""
    record = Document if table == "documents" else RECORDS.get(EACH_OF[table])
    if record is None:
        return ()
    return tuple(
        (field, default_of(record, field.name))
        for field in TABLES[table].columns
        if field.origin == "record" and field.kind != "figure"
    )


PLAIN: Final = {table: _plain_fields(table) for table in NAMES}


def definition_of(form: Form | None, table: TableName, name: str) -> FieldDefinition | None:
    """What the form says of a figure that its records always have; None for one that may be
    absent. Indicators have their figures whatever the form says.
    """
    each = EACH_OF[table]
    definition = form.definitions[each].get(name) if form is not None else None
    if each not in ("kpi", "kpi_year"):
        return definition
    optional = each == "kpi" and not Kpi.model_fields[name].is_required()
    return None if optional else definition or FieldDefinition()


def in_unit_of_kpi(table: TableName, name: str) -> bool:
    """Whether a figure is printed in the unit of its KPI."""
    field = SCOPES[EACH_OF[table]].by_name.get(name)
    return field is not None and field.unit == "kpi"


def usual_unit(form: Form | None, table: TableName, name: str) -> str:
    """The unit that goes without saying for a figure that has none of its KPI."""
    each = EACH_OF[table]
    field = SCOPES[each].by_name.get("funding" if name.startswith("funding.") else name)
    if form is not None and (definition := form.definitions[each].get(name)) is not None:
        return definition.unit
    if field is not None and field.part is not None:
        return KpiTable().definition(field.part).unit
    return form.unit if form is not None and field is not None and field.unit == "form" else ""


def factor_of(unit: str, usual: str, form: Form) -> Decimal:
    return form.factor(unit if unit and unit != usual and unit in form.units else usual)
