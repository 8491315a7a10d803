"""The rules in a SARIF log: what each looks for and what to do.

Their texts are in the report's language and, as a translation, in the other one.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Final

from auditor.auditing.formats import ReportContext
from auditor.auditing.report import Report
from auditor.records.languages import Lang
from auditor.records.own import PROGRAM
from auditor.reports.layout import cut, plain
from auditor.reports.markdown import escaped
from auditor.reports.wording import Wording
from auditor.rules.rule import Rule
from auditor.version import __version__

__all__ = ["TOOL", "RuleList"]

TOOL: Final = PROGRAM

_LONGEST: Final = 1_000
"""Code scanning takes descriptions of up to 1,024 characters."""


class RuleList:
    """The rules of a log in their order: those that were used, and those that only a finding
    names.
    """

    def __init__(self, report: Report, context: ReportContext) -> None:
        self._context = context
        codes = [rule.code for rule in context.rules]
        waived = (item.finding for item in report.waived)
        others = (finding.rule for finding in chain(report.findings, waived))
        self.numbers: dict[str, int] = {
            code: number for number, code in enumerate(dict.fromkeys(map(plain, (*codes, *others))))
        }
        """The place of each code in the list."""

    def driver(self) -> dict[str, object]:
        """The program with its rules, in the language of the report."""
        return {
            "name": TOOL,
            "version": __version__,
            "semanticVersion": __version__,
            "language": self._context.lang,
            "rules": self._descriptors(self._context.lang),
        }

    def translation(self) -> dict[str, object]:
        """The texts of the rules in the other language."""
        lang: Lang = "en" if self._context.lang == "ja" else "ja"
        return {
            "name": TOOL,
            "language": lang,
            "contents": ["localizedData"],
            "isComprehensive": True,
            "associatedComponent": {"name": TOOL},
            "translationMetadata": {"name": Wording(lang).say("English", "日本語")},
            "rules": self._descriptors(lang),
        }

    def _descriptors(self, lang: Lang) -> list[dict[str, object]]:
        rules = (self._context.rules.get(code) for code in self.numbers)
        return [
            _descriptor(rule, lang) if rule is not None and rule.code == code else {"id": code}
            for code, rule in zip(self.numbers, rules, strict=True)
        ]


def _descriptor(rule: Rule, lang: Lang) -> dict[str, object]:
    file, words = rule.file, Wording(lang)
    why, action = file.why.of(lang), file.action.of(lang)
    label = words.say("What to do", "対応")
    return {
        "id": rule.code,
        "name": file.name,
        "deprecatedIds": list(file.retired),
        "shortDescription": _text([file.title.of(lang)]),
        "fullDescription": _text([why]),
        "help": {
            **_text([why, words.labelled(label, action)]),
            "markdown": f"{escaped(why)}\n\n**{label}**\n\n{escaped(action)}",
        },
        "defaultConfiguration": {"level": file.severity},
        "properties": {"since": file.since},
    }


def _text(paragraphs: Iterable[str]) -> dict[str, object]:
    return {"text": "\n\n".join(cut(paragraph, _LONGEST) for paragraph in paragraphs)}
