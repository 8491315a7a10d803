"""The settings: what an office settles once, so that it need not be said in every command.

A settings file (``auditor.toml``, or ``[tool.auditor]`` of ``pyproject.toml``) has the same keys.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from pydantic import Field

from auditor.records.figures import Record
from auditor.records.frozen import Frozen, FrozenDict
from auditor.records.languages import Lang
from auditor.rules.severities import FailOn, Severity

__all__ = [
    "APPROVAL",
    "Departments",
    "Letter",
    "Office",
    "RuleChoice",
    "Settings",
]

APPROVAL: Final = ("部長", "次長", "課長", "補佐", "係長", "係員")
"""The boxes of a 決裁欄 where ``approval = true`` names none."""


class RuleChoice(Record):
    """``[rules]``: the rules to check, and those to leave out, as ``--select`` and ``--ignore``."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class Office(Record):
    """``[office]``: the compiling section (とりまとめ課), by its roles.

    ``name`` is the section's (財政部財政課), ``head`` the role that its letters are from
    (財政課長), ``role`` the role that audits (予算担当), ``extension`` its telephone's (内線).
    """

    name: str = ""
    head: str = ""
    role: str = ""
    extension: str = ""


class Departments(Record):
    """``[departments]``: the departments in their official order (建制順), what old names are
    called now, and whom to ask in each.
    """

    order: tuple[str, ...] = ()
    renamed: Frozen[str, str] = Field(default_factory=FrozenDict)
    contacts: Frozen[str, str] = Field(default_factory=FrozenDict)

    def name_of(self, printed: str) -> str:
        """What a department is called now."""
        return self.renamed.get(printed, printed)

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Names of departments in the official order; those that it lacks behind, as they come."""
        listed = list(dict.fromkeys(names))
        places = {name: number for number, name in enumerate(self.order)}
        return sorted(listed, key=lambda name: places.get(name, len(places)))


class Letter(Record):
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


class Settings(Record):
    """All settings; each has a default.

    ``title`` is what reports are called (件名). ``approval`` are the boxes of a 決裁欄, which is
    printed only where there are some. ``severities`` replace those of rules, by code or name.
    """

    title: str = ""
    language: Lang | None = None
    form: str | None = None
    worksheets: tuple[str, ...] = ()
    pages: str = ""
    plugins: tuple[str, ...] = ()
    fail_on: FailOn = "error"
    rules: RuleChoice = RuleChoice()
    severities: Frozen[str, Severity] = Field(default_factory=FrozenDict)
    office: Office = Office()
    departments: Departments = Departments()
    letter: Letter = Letter()
    approval: tuple[str, ...] = ()
