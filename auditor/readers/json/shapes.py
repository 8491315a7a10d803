"""Completes records written as JSON objects: fills what a hand leaves out.

A gap is filled from the form (units, kinds of columns, meanings) or from the rest of the record;
a figure is never repaired, and what is not understood is a remark. Every message names its place
in the file: ``sheets[3].years.2024.funding.grants``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, TypeVar, cast

from auditor.forms.model import Column, Form, KpiTable
from auditor.readers.evaluations import status_from
from auditor.readers.json.exact import Object, exact_value, shortened
from auditor.readers.json.validation import WrongRecord, as_object, unknown_keys, validated
from auditor.records.fields import SCOPES, figure_names
from auditor.records.figures import Record, parse_figure
from auditor.records.fiscal import parse_month
from auditor.records.model import SHEET_FIELDS, YEAR_FIELDS, Kpi, Remark, Sheet, Status
from auditor.records.text import Text

__all__ = ["RecordShape", "stated_figures"]

Some = TypeVar("Some", bound=Record)


def stated_figures(raw: Any) -> Iterator[str]:
    """The names of the figures that a sheet's object holds, in the form's words."""
    sheet = cast(Object, raw) if isinstance(raw, dict) else {}
    yield from (name for name in SHEET_FIELDS if sheet.get(name) is not None)
    yield from _keys_of(sheet.get("figures"))
    years = sheet.get("years")
    for year in cast(Object, years).values() if isinstance(years, dict) else ():
        if isinstance(year, dict):
            yield from (name for name in YEAR_FIELDS if cast(Object, year).get(name) is not None)
            yield from (
                f"funding.{source}" for source in _keys_of(cast(Object, year).get("funding"))
            )
            yield from _keys_of(cast(Object, year).get("figures"))


def _keys_of(raw: Any) -> Iterator[str]:
    yield from cast(Object, raw) if isinstance(raw, dict) else ()


@dataclass
class RecordShape:
    """One object of the file on its way to a record; ``remarks`` and ``unknown`` gather what
    there is to say about it.
    """

    form: Form
    at: str
    kind: Literal["sheet", "kpi"]
    number: int | None
    remarks: list[Remark] = field(default_factory=list[Remark])
    unknown: list[Remark] = field(default_factory=list[Remark])

    def sheet(self, data: Object) -> Sheet:
        """The sheet that an object stands for; raises WrongRecord."""
        fiscal_year = self._fiscal_year(data)
        for name in SHEET_FIELDS:
            if name in data:
                self._form_figure(data, name, name, self.at, None)
        self._own_figures(data, "sheet", self.at, None)
        if "evaluations" in data:
            at = f"{self.at}.evaluations"
            evaluations = as_object(data["evaluations"], at).items()
            status = data.get("status")
            data["evaluations"] = {
                key: self._evaluation(key, raw, status, f"{at}.{shortened(key)}")
                for key, raw in evaluations
            }
        if data.get("status") is None and fiscal_year is not None:
            data["status"] = _status(self.form, fiscal_year, data.get("evaluations", {}))
        if "years" in data:
            at = f"{self.at}.years"
            columns: dict[str, Column] = {}
            if fiscal_year is not None:
                columns = {
                    self.form.column_id(column, fiscal_year): column for column in self.form.columns
                }
            years = as_object(data["years"], at).items()
            data["years"] = {
                key: self._year(key, raw, columns.get(key), f"{at}.{shortened(key)}")
                for key, raw in years
            }
        return self._validated(Sheet, data)

    def kpi(self, data: Object) -> Kpi:
        """The indicator that an object stands for; raises WrongRecord."""
        table = self.form.kpi or KpiTable()
        unit = data["unit"] if isinstance(data.get("unit"), str) else ""
        printed_target = ""
        for name in figure_names("kpi"):
            item = SCOPES["kpi"].by_name[name]
            blank = name in data and Kpi.model_fields[name].is_required()
            if data.get(name) is not None or blank:
                usual = unit if item.unit == "kpi" else table.definition(item.part).unit
                data[name] = self._figure(data[name], usual, f"{self.at}.{name}", name)
        if "target" in data:
            printed_target = str(data["target"]["printed"])
        if "actuals" in data:
            data["actuals"] = actuals = self._actuals(
                as_object(data["actuals"], f"{self.at}.actuals"), unit
            )
            if data.get("fiscal_year") is None and actuals:
                data["fiscal_year"] = max(map(int, actuals))
        self._fiscal_year(data)
        if isinstance(data.get("due"), str):
            data["due"] = self._due(data["due"])
        if data.get("direction") is None:
            data["direction"], data["direction_source"] = table.direction(
                str(data.get("name", "")), printed_target
            )
        elif data.get("direction_source") is None:
            data["direction_source"] = "declared"
        return self._validated(Kpi, data)

    def _validated(self, model: type[Some], data: Object) -> Some:
        record, unknown = validated(model, data, self.at)
        owner: dict[str, int | None] = {self.kind: self.number}
        self.unknown += unknown_keys(unknown, **owner)
        return record

    # Parts of a sheet and of a KPI.

    def _fiscal_year(self, data: Object) -> int | None:
        """The record's fiscal year where it has one; 2024 and "2024" are the same."""
        raw = data.get("fiscal_year")
        if raw is None:
            return None
        if (
            isinstance(raw, bool)
            or not isinstance(raw, int | str)
            or not re.fullmatch("(?:19|2[0-9])[0-9]{2}", str(raw))
        ):
            shown = shortened(raw)
            raise WrongRecord(
                f"{self.at}.fiscal_year",
                f"{shown!r} is no fiscal year",
                f"「{shown}」は年度ではありません",
            )
        data["fiscal_year"] = int(raw)
        return int(raw)

    def _year(self, key: str, raw: Any, column: Column | None, at: str) -> Object:
        """One column of a sheet; its year and kind are the form's where the object has none."""
        data = {
            name: value
            for name, value in as_object(raw, at).items()
            if value is not None or name in YEAR_FIELDS
        }
        if "kind" not in data and column is not None:
            data["kind"] = column.kind
        if "year" not in data:
            data |= _leading_year(key)
        for name in YEAR_FIELDS:
            if name in data:
                self._form_figure(data, name, name, at, key)
        self._own_figures(data, "year", at, key)
        if "funding" in data:
            data["funding"] = funding = dict(as_object(data["funding"], f"{at}.funding"))
            for source in list(funding):
                self._form_figure(funding, source, f"funding.{source}", f"{at}.funding", key)
        return data

    def _evaluation(self, key: str, raw: Any, status: Any, at: str) -> Object:
        """One evaluation; its meaning and the code of its reason are the form's."""
        stated = as_object(raw, at)
        data = {name: value for name, value in stated.items() if value is not None}
        result, reason = data.get("result"), data.get("reason")
        if "year" not in data:
            data |= _leading_year(key)
        if "meaning" not in data and isinstance(result, str):
            data["meaning"] = self.form.meaning(result)
        # A status is derived from the reasons, so a stated one stands for those that were left
        # out; a null says that there is none.
        if (
            result is None
            and "reason" not in stated
            and isinstance(status, str)
            and (sentence := _reason_of(status, self.form))
        ):
            data["reason"] = reason = sentence
        if "reason_code" not in data and isinstance(reason, str):
            data["reason_code"] = self.form.reason_code(reason)
        return data

    def _actuals(self, raws: Object, unit: str) -> Object:
        """The figures of an indicator by year."""
        at = f"{self.at}.actuals"
        for year in raws:
            if not re.fullmatch("[0-9]{4}", year):
                raise WrongRecord(
                    at,
                    f"{shortened(year)!r} is no fiscal year",
                    f"「{shortened(year)}」は年度ではありません",
                )
        return {
            year: self._figure(raw, unit, f"{at}.{year}", "actuals", year)
            for year, raw in raws.items()
        }

    def _due(self, printed: str) -> str | None:
        """The month that a text names; a remark where it names none."""
        due = parse_month(printed)
        if due is None and printed.strip():
            shown = shortened(printed)
            self._remark(
                "RD008",
                "due",
                None,
                shown,
                f"{shown!r} is no month",
                f"「{shown}」は年月として読めません",
            )
        return due

    # Figures.

    def _own_figures(self, data: Object, each: str, at: str, year: str | None) -> None:
        """Put the figures that only the form has into their shape."""
        if "figures" in data:
            data["figures"] = figures = dict(as_object(data["figures"], f"{at}.figures"))
            for key in list(figures):
                name = key if self.form.own_figures.get(key) == each else f"figures.{key}"
                self._form_figure(figures, key, name, f"{at}.figures", year)

    def _form_figure(self, data: Object, key: str, name: str, at: str, year: str | None) -> None:
        """Put a figure into its shape; one that the form doesn't have is left out, and said."""
        definition = self.form.fields.get(name)
        if definition is not None:
            raw = data[key]
            figure = self._figure(raw, definition.unit, f"{at}.{key}", name, year)
            unit = figure["unit"]
            # What this program wrote reads back as it was.
            stated = not isinstance(raw, dict) or "state" in raw
            if (
                not stated
                and isinstance(unit, str)
                and unit not in ("", definition.unit, *self.form.units)
            ):
                en, ja = (
                    f"{at}.{key}: the form has no unit {shortened(unit)!r}",
                    f"{at}.{key}：単位「{shortened(unit)}」は様式にありません",
                )
                self._remark(
                    "RD001", name, year, f"{shortened(figure['printed'])}{shortened(unit)}", en, ja
                )
                figure |= {"value": None, "state": "text"}
            data[key] = figure
            return
        raw = data.pop(key)
        if raw is not None:
            where = f"{at}.{shortened(key)}"
            en = f"{where}: the form {self.form.name} has no such figure; it was not read"
            ja = f"{where}：様式 {self.form.name} にない項目のため、読み取っていません"
            printed = cast(Object, raw).get("printed", raw) if isinstance(raw, dict) else raw
            self._remark("RD010", shortened(name), year, shortened(printed), en, ja)

    def _figure(self, raw: Any, unit: str, at: str, name: str, year: str | None = None) -> Object:
        """A figure from whatever stands for it: null for a blank cell, a plain number, a printed
        form, an object with gaps.
        """
        if isinstance(raw, dict):
            return self._completed(dict(cast(Object, raw)), unit, at, name, year)
        if raw is None:
            return {"state": "blank", "unit": unit, "printed": ""}
        if isinstance(raw, str):
            return self._completed({"printed": raw}, unit, at, name, year)
        return self._completed({"value": raw}, unit, at, name, year)

    def _completed(self, data: Object, unit: str, at: str, name: str, year: str | None) -> Object:
        """The object of a figure with its value, state, unit and printed form: what is not there
        follows from the rest.
        """
        if data.get("unit") is None:
            data["unit"] = unit
        raw, state, printed = data.get("value"), data.get("state"), data.get("printed")
        if raw is not None:
            value = _value(raw)
            if value is None or state not in (None, "number"):
                return self._no_figure(data, raw, at, name, year)
            return data | {
                "value": value,
                "state": "number",
                "printed": f"{value:,f}" if printed is None else printed,
            }
        if state == "number" or (state is None and isinstance(printed, str)):
            figure = parse_figure(str(printed or ""), units=(str(data["unit"]),))
            if figure.state == "text" or state not in (None, figure.state):
                return self._no_figure(data, printed or "", at, name, year)
            return data | {"value": figure.value, "state": figure.state, "printed": figure.printed}
        if printed is None:
            data["printed"] = "-" if state == "dash" else ""
        return data | {"state": state or "blank"}

    def _no_figure(self, data: Object, raw: Any, at: str, name: str, year: str | None) -> Object:
        """A figure that is text, with the remark that it is none."""
        printed = shortened(raw)
        self._remark(
            "RD001",
            name,
            year,
            printed,
            f"{at}: {printed!r} is no figure",
            f"{at}：「{printed}」は数値として読めません",
        )
        return data | {"value": None, "state": "text", "printed": printed}

    def _remark(
        self, rule: str, name: str, year: str | None, printed: str, en: str, ja: str
    ) -> None:
        sheet, kpi = (self.number, None) if self.kind == "sheet" else (None, self.number)
        self.remarks.append(
            Remark(
                rule=rule,
                sheet=sheet,
                kpi=kpi,
                field=name,
                year=year,
                printed=printed,
                detail=Text(en=en, ja=ja),
            )
        )


def _value(raw: Any) -> Decimal | None:
    """A figure's exact value, from a number, its text or its printed form; None for anything
    else.
    """
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int):
        return exact_value(str(raw))
    if isinstance(raw, Decimal):
        return raw
    if not isinstance(raw, str):
        return None
    value = exact_value(raw)
    return parse_figure(raw).value if value is None else value


def _leading_year(key: str) -> Object:
    """The year that a column's or an evaluation's key begins with."""
    match = re.match(r"[0-9]{4}(?![0-9])", key)
    return {"year": int(match[0])} if match else {}


def _reason_of(status: str, form: Form) -> str | None:
    return next((words for code, words in form.reasons.items() if code == status), None)


def _status(form: Form, fiscal_year: int, evaluations: Object) -> Status | None:
    """A sheet's status from the reasons for its blank evaluations, the earliest first."""
    words = {
        year: (evaluation.get("result"), evaluation.get("reason_code"))
        for year, evaluation in evaluations.items()
    }
    return status_from(form, fiscal_year, words)
