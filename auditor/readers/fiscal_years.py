"""The fiscal year of a document that does not print it.

The names of its worksheet and its file tell it, or the form. Years that contradict each other are
a doubt; nobody picks one of them silently.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath
from typing import Final, Literal, NamedTuple

from auditor.records.figures import Place
from auditor.records.fiscal import ERA_SIGNS, ERAS, fiscal_year_in_words
from auditor.records.model import Remark
from auditor.records.text import Text

__all__ = ["DatedBy", "Origin", "dated_by", "year_in_name", "years_in"]

Origin = Literal["title", "headings", "worksheet", "file", "form"]
"""What tells a fiscal year: the document's own title, the years over its figures, the name of its
worksheet or file, or the form.
"""

_CALLED: Final = {
    "title": ("the title", "表題"),
    "headings": ("the headings of the figures", "数値の見出し"),
    "worksheet": ("the worksheet's name", "ワークシート名"),
    "file": ("the file's name", "ファイル名"),
    "form": ("the form", "様式（fiscal_year）"),
}
_BY_NAME: Final = {era.name: era for era in ERAS} | {era.letter: era for era in ERAS}
# 令和６年度, R6, H30年度, 2024年度, FY2024; no part of a date (R6.11, 2024-11-27) or of a code.
_YEAR: Final = re.compile(
    r"(?<![0-9A-Z.\-/])(?:"
    r"(?P<era>令和|平成|昭和|R)\.?(?P<of_era>元|[0-9]{1,2})(?:年度?)?"
    r"|(?P<letter>[HS])\.?(?P<of_letter>元|[0-9]{1,2})年度?"
    r"|(?:FY)?(?P<western>(?:19|20)[0-9]{2})(?:年度?)?"
    r")(?![0-9]|[.\-/][0-9]|年?[0-9]{1,2}月)"
)


class DatedBy(NamedTuple):
    """A fiscal year and what tells it; ``against`` is what tells another one."""

    year: int | None = None
    origin: Origin | None = None
    against: tuple[tuple[Origin, int], ...] = ()

    @property
    def contradiction(self) -> Text | None:
        """Why the year is a doubt; None where all that is known agrees, or a title prints it."""
        if self.origin == "title" or not self.against:
            return None
        years = self._years
        return Text(
            en=f"its fiscal year is not certain: {years.en}",
            ja=f"年度が確定できません（{years.ja}）",
        )

    @property
    def _years(self) -> Text:
        """What tells which year."""
        years = [(self.origin, self.year), *self.against]
        named = [(_CALLED[origin], year) for origin, year in years if origin and year]
        return Text(
            en=", ".join(f"{called[0]} says {year}" for called, year in named),
            ja="、".join(f"{called[1]}では{fiscal_year_in_words(year)}" for called, year in named),
        )

    def remark(self, sheet: int | None, place: Place) -> Remark | None:
        """What to say of a year that the document itself does not print, or that its worksheet's
        name contradicts; None for any other.
        """
        if self.year is None or self.origin is None:
            return None
        if self.origin == "title" and self.against:
            years = self._years
            detail = Text(
                en=f"{years.en}; the title's was taken",
                ja=f"{years.ja}です。表題の年度として読み取りました",
            )
            return Remark(rule="RD006", sheet=sheet, place=place, detail=detail)
        if self.origin in ("title", "headings"):
            return None
        en, ja = _CALLED[self.origin]
        year = fiscal_year_in_words(self.year)
        return Remark(
            rule="RD011",
            sheet=sheet,
            place=place,
            detail=Text(
                en=f"no fiscal year is printed; it was taken from {en}: {self.year}",
                ja=f"年度の記載がないため、{ja}から{year}としました",
            ),
        )


def dated_by(
    *,
    title: int | None = None,
    headings: int | None = None,
    worksheet: str = "",
    document: str = "",
    form: int | None = None,
) -> DatedBy:
    """The fiscal year of a part of a document.

    A printed ``title`` says it whatever the file or the form is called; a worksheet that is named
    by another year and nothing else is remarked on. Without one the first of the others does: the
    year that fits the ``headings`` of the figures, the name of the ``worksheet``, that of the
    ``document``'s file, the ``form``. All of them must then agree.
    """
    if title is not None:
        named = year_in_name(worksheet) if _is_year(worksheet) else None
        others_than_title: tuple[tuple[Origin, int], ...] = ()
        if named is not None and named != title:
            others_than_title = (("worksheet", named),)
        return DatedBy(title, "title", others_than_title)
    years: list[tuple[Origin, int | None]] = [
        ("headings", headings),
        ("worksheet", year_in_name(worksheet)),
        ("file", year_in_name(PurePath(document).stem)),
        ("form", form),
    ]
    certain: list[tuple[Origin, int]] = [
        (origin, year) for origin, year in years if year is not None
    ]
    if not certain:
        return DatedBy()
    (origin, first), *others = certain
    return DatedBy(first, origin, tuple(other for other in others if other[1] != first))


def year_in_name(name: str) -> int | None:
    """The fiscal year that a name names; None where it names none, or several."""
    years = years_in(name)
    return years.pop() if len(years) == 1 else None


def years_in(text: str) -> set[int]:
    """The fiscal years that a name or a title names."""
    return {year for match in _YEAR.finditer(_plain(text)) if (year := _western(match))}


def _western(match: re.Match[str]) -> int | None:
    if match["western"]:
        return int(match["western"])
    of_era = match["of_era"] or match["of_letter"]
    if of_era in ("0", "00"):
        return None
    return _BY_NAME[match["era"] or match["letter"]].western(of_era)


def _is_year(name: str) -> bool:
    """Whether a name is a fiscal year and nothing else."""
    return _YEAR.fullmatch(_plain(name)) is not None


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFKC", name.translate(ERA_SIGNS)).upper()
    return "".join(text.split())
