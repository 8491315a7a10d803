"""Findings on what files would give away: those of a file by rule and department.

They are of files, whether these are documents of a book or not. Nothing explains them, and they
explain nothing: a comment beside a wrong figure is no part of that mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from auditor.publication.disclosures import Disclosure, Disclosures
from auditor.records.model import Sheet
from auditor.records.text import Text
from auditor.rules.findings import Finding, Outcome, SheetReference, keys_of
from auditor.rules.rows import Cell
from auditor.rules.rule import Rule

__all__ = ["Owners", "count_outcomes", "file_findings"]


class Owners:
    """Whose a worksheet or a page is: the sheets that begin there, by document."""

    def __init__(self) -> None:
        self._sheets: dict[tuple[str, str | int], list[Sheet]] = {}

    def add(self, sheets: Iterable[Sheet]) -> None:
        """Take up sheets with the places where they begin."""
        for sheet in sheets:
            part = None if sheet.place is None else sheet.place.sheet or sheet.place.page
            if part is not None:
                self._sheets.setdefault((sheet.document, part), []).append(sheet)

    def of(self, path: str, disclosure: Disclosure) -> Sheet | None:
        """The first sheet where something was found, if all sheets there are of one department."""
        place = disclosure.first[0].place if disclosure.first else None
        part = None if place is None else place.sheet or place.page
        sheets = self._sheets.get((path, part), []) if part is not None else []
        return sheets[0] if len({sheet.department for sheet in sheets}) == 1 else None


def count_outcomes(
    files: Iterable[Disclosures], rules: Iterable[Rule], outcomes: Mapping[str, dict[Outcome, int]]
) -> None:
    """Count how each rule came out for each file: ``unknown`` where a file was not looked at, or
    not wholly and nothing was found.
    """
    listed = list(files)
    for rule in rules:
        for file in listed:
            if any(disclosure.rule == rule.code for disclosure in file.disclosures):
                outcome: Outcome = "fail"
            elif file.not_checked:
                outcome = "unknown"
            else:
                outcome = "pass" if rule.code in file.rules else "not_applicable"
            outcomes[rule.code][outcome] += 1


def file_findings(
    files: Iterable[Disclosures], rules: Iterable[Rule], owners: Owners
) -> Iterator[Finding]:
    """The findings on all files, by rule: one for each department that has sheets where something
    was found, and one for what belongs to none.
    """
    listed = list(rules)
    for file in files:
        for rule in listed:
            groups: dict[str | None, _Group] = {}
            for disclosure in file.disclosures:
                if disclosure.rule != rule.code:
                    continue
                owner = owners.of(file.path, disclosure)
                department = None if owner is None else owner.department
                groups.setdefault(department, _Group(owner, [])).disclosures.append(disclosure)
            for group in groups.values():
                yield _finding(file.path, rule, group)


class _Group(NamedTuple):
    """What is found in a file under one rule, for one department; ``owner`` is its first sheet."""

    owner: Sheet | None
    disclosures: list[Disclosure]


def _finding(path: str, rule: Rule, group: _Group) -> Finding:
    owner, file = group.owner, rule.file
    number = None if owner is None else owner.number
    detail = _detail(group.disclosures)
    cells: list[Cell] = []
    contents: list[Cell] = []
    for disclosure in group.disclosures:
        for item in disclosure.first:
            field = "" if item.place is not None else disclosure.label.en
            cell = Cell(
                document=path, sheet=number, field=field, printed=item.quote, place=item.place
            )
            contents.append(cell)
            if item.place is not None:
                cells.append(cell)
    return Finding(
        **keys_of(rule.code, "", owner, None, contents)._asdict(),
        rule=rule.code,
        name=file.name,
        severity=rule.severity,
        document=path,
        sheet=None if owner is None else SheetReference.of(owner),
        cells=tuple(cells),
        message=Text(en=f"{file.title.en}: {detail.en}", ja=f"{file.title.ja}：{detail.ja}"),
        action=file.action,
    )


def _detail(disclosures: Sequence[Disclosure]) -> Text:
    """What was found, by its kinds, with how many there are; what has no place is quoted."""
    en: list[str] = []
    ja: list[str] = []
    for label, group in _by_label(disclosures).items():
        count = sum(disclosure.count for disclosure in group)
        quotes = _quotes(group)
        times_en = f" ({count:,})" if count > 1 else ""
        times_ja = f"{count:,}件" if count > 1 else ""
        more = "…" if quotes and len(quotes) < count else ""
        en.append(label.en + times_en + "".join(f" '{quote}'" for quote in quotes) + more)
        ja.append(label.ja + times_ja + "".join(f"「{quote}」" for quote in quotes) + more)
    return Text(en=", ".join(en), ja="、".join(ja))


_QUOTED: Final = 5


def _quotes(disclosures: Iterable[Disclosure]) -> list[str]:
    """The first distinct texts of what has no place."""
    quotes: dict[str, None] = {}
    for disclosure in disclosures:
        for item in disclosure.first:
            if item.place is None and item.quote:
                quotes.setdefault(item.quote)
    return list(quotes)[:_QUOTED]


def _by_label(disclosures: Iterable[Disclosure]) -> dict[Text, list[Disclosure]]:
    groups: dict[Text, list[Disclosure]] = {}
    for disclosure in disclosures:
        groups.setdefault(disclosure.label, []).append(disclosure)
    return groups
