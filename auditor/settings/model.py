"""The settings: what an office settles once, so that it need not be said in every command.

A settings file (``auditor.toml``, or ``[tool.auditor]`` of ``pyproject.toml``) has the same keys.
They are plain tuples: every start of the command makes them, and few have a file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

from auditor.accounts.columns import AccountColumns
from auditor.forms.words import squeezed
from auditor.records.languages import Lang
from auditor.records.severities import FailOn, Severity

__all__ = [
    "APPROVAL",
    "AS_THEY_COME",
    "Departments",
    "Figures",
    "Letter",
    "Office",
    "RuleChoice",
    "Settings",
]

APPROVAL: Final = ("部長", "次長", "課長", "補佐", "係長", "係員")
"""The boxes of a 決裁欄 where ``approval = true`` names none."""

Names: TypeAlias = Mapping[str, str]

Figures: TypeAlias = Literal["見込", "確定"]
"""Whether the settled figures of a round are expected (決算見込額) or final (確定額)."""


class RuleChoice(NamedTuple):
    """``[rules]``: the rules to check, and those to leave out, as ``--select`` and ``--ignore``."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class Office(NamedTuple):
    """``[office]``: the compiling section (とりまとめ課), by its roles.

    ``name`` is the section's (財政部財政課), ``head`` the role that its letters are from
    (財政課長), ``role`` the role that audits (予算担当), ``extension`` its telephone's (内線).
    """

    name: str = ""
    head: str = ""
    role: str = ""
    extension: str = ""


class Departments(NamedTuple):
    """``[departments]``: the departments in their official order (建制順), what old names are
    called now, and whom to ask in each.

    Width and white space make no difference between names.
    """

    order: tuple[str, ...] = ()
    renamed: Names = MappingProxyType({})
    contacts: Names = MappingProxyType({})

    def name_of(self, printed: str) -> str:
        """What a department is called now."""
        return _looked_up(printed, self.renamed) or printed

    def contact_of(self, name: str) -> str:
        """Whom to ask in a department; empty where nobody said so."""
        return _looked_up(name, self.contacts) or ""

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Names of departments in the official order; those that it lacks behind, as they come."""
        listed = list(dict.fromkeys(names))
        places = {squeezed(name): number for number, name in enumerate(self.order)}
        return sorted(listed, key=lambda name: places.get(squeezed(name), len(places)))


AS_THEY_COME: Final = Departments()
"""Departments without an official order, which stay in the order that they have."""


def _looked_up(name: str, names: Names) -> str | None:
    if not names:
        return None
    key = squeezed(name)
    return next((value for other, value in names.items() if squeezed(other) == key), None)


class Letter(NamedTuple):
    """``[letter]``: what the letters to departments say beside the findings.

    ``template`` is a Word file with place holders in place of the shipped one; ``number`` the
    letter's (文書番号), ``deadline`` until when to answer, ``reply_to`` how and where to.
    ``seal_omitted`` adds （公印省略）. What is not given is not in the letter.
    """

    template: str = ""
    number: str = ""
    deadline: date | None = None
    reply_to: str = ""
    seal_omitted: bool = False


class Settings(NamedTuple):
    """All settings; each has a default.

    ``title`` is what reports are called (件名). ``approval`` are the boxes of a 決裁欄, which is
    printed only where there are some. ``severities`` replace those of rules, by code or name.
    ``waivers`` is the file of findings that were accepted as they are, ``page_list`` that of the
    pages of the printed book; ``last_year`` are the documents of last year's book, and
    ``last_year_errata`` is its list of errata. ``figures`` says what the round's settled figures
    are. These files, that of the accounts, ``plugins`` and the letter's template can be opened
    from the working directory as they are.
    """

    title: str = ""
    language: Lang | None = None
    form: str | None = None
    worksheets: tuple[str, ...] = ()
    pages: str = ""
    plugins: tuple[str, ...] = ()
    fail_on: FailOn = "error"
    narrative: bool = False
    rules: RuleChoice = RuleChoice()
    severities: Mapping[str, Severity] = MappingProxyType({})
    office: Office = Office()
    departments: Departments = Departments()
    letter: Letter = Letter()
    approval: tuple[str, ...] = ()
    waivers: str = ""
    page_list: str = ""
    last_year: tuple[str, ...] = ()
    last_year_errata: str = ""
    accounts: AccountColumns = AccountColumns()
    figures: Figures | None = None
