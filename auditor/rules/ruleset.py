"""Sets of rules: the rules of a code, a name or a family, selected and ignored."""

from __future__ import annotations

import difflib
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, cast, overload

from auditor.forms.model import EVERY_FORM, Form
from auditor.formula.tree import FIGURE, Compare, shape
from auditor.records.errors import WrongArgument
from auditor.records.nearest import hint, nearest_name
from auditor.records.severities import SEVERITIES, Severity
from auditor.records.text import Text
from auditor.rules.additive import added_figures
from auditor.rules.rule import Rule, RuleError
from auditor.rules.where_printed import where_printed

__all__ = [
    "DEFAULT_RULES",
    "PUBLICATION_FAMILY",
    "READING_FAMILIES",
    "RuleSet",
    "check_names",
    "take_codes",
]

READING_FAMILIES: Final = ("RD", "TBL")
"""What could not be read: no selection of rules leaves it out."""
DEFAULT_RULES: Final = "default"
"""What a selection calls the rules that are in force without one."""
_SHOWN: Final = 8
"""How many codes a set of rules shows of itself."""
PUBLICATION_FAMILY: Final = "PUB"
"""What a file would give away: these rules judge files, and only where that is asked for."""


def take_codes(rule: Rule, taken: dict[str, Rule]) -> bool:
    """True, with the rule's codes added to those that are taken; raises RuleError, and adds none,
    where one of them is.
    """
    codes: dict[str, Rule] = {}
    for code in (rule.code, *rule.file.retired):
        other = taken.get(code) or codes.get(code)
        if other is not None and other.file is not rule.file:
            raise _taken(rule, code, other)
        codes[code] = rule
    taken |= codes
    return True


def check_names(rule: Rule, others: Iterable[Rule]) -> None:
    """Raises RuleError where another rule has the name of a new one. Rules that are installed may
    share a name, as nobody can know those of all plugins; it means all of them then.
    """
    for other in others:
        if other.file.name == rule.file.name and other.code != rule.code:
            raise _taken(rule, rule.file.name, other)


def _taken(rule: Rule, word: str, other: Rule) -> RuleError:
    """That a code or name of a rule is that of another one."""
    from auditor.rules.definitions import fault_of_rule  # few rules clash

    key: tuple[str | int, ...] = ("code",)
    if word == rule.file.name:
        key = ("name",)
    elif word != rule.code:
        key = ("retired", rule.file.retired.index(word))
    whose = "" if other.code == word else f"{other.code} "
    reason = Text(
        en=f"{word} is taken by {whose}({other.source})",
        ja=f"{word} は {whose}（{other.source}）が使っています",
    )
    return fault_of_rule(rule, key, reason)


def _on_form(rules: Iterable[Rule], form: Form) -> Iterator[Rule]:
    """The rules that judge the rows of a form. Those of single figures that say what a rule for
    this form says are not there twice.
    """
    rules = list(rules)
    stated = set(chain.from_iterable(_sayings(item) for item in rules if item.file.each != FIGURE))
    for item in rules:
        parts = [part for part in item.on(form) if stated.isdisjoint(_sayings(part))]
        # One that is left with no figure applies to no row, and is counted so.
        of_projects = _is_of_projects(item, form)
        for part in parts or [item]:
            there = part if part.figure is None else where_printed(part, form)
            yield there.without_totals() if of_projects else there


def _is_of_projects(rule: Rule, form: Form) -> bool:
    """Whether a rule is for the projects of documents, wherever they stand: a total row of a list
    is none. What a form says of its own rows it says of all.

    A rule may hold on total rows as well, unless figures are rounded there: what the rows lose,
    their totals lose together.
    """
    if form.listed is None or form.name in rule.forms or EVERY_FORM in rule.forms:
        return False
    is_exact = all(form.fields[name].rounding == "exact" for _, name in added_figures(form))
    return not (rule.file.total_rows and is_exact)


def _sayings(rule: Rule) -> Iterator[tuple[str, Hashable]]:
    """What a rule says of which rows, in either order of the sides of an equation."""
    if rule.tree is None:
        return
    yield rule.each, shape(rule.tree)
    match rule.tree:
        case Compare(operator="==", left=left, right=right):
            yield rule.each, shape(Compare("==", right, left, 0))
        case _:
            pass


class RuleSet(Sequence[Rule]):
    """Rules in the order of their codes. No code occurs twice, but for the rules of single figures
    that one file is ``on`` a form.

    ``named`` has the codes that were asked for by each name of a selection.
    """

    def __init__(
        self, rules: Iterable[Rule], named: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._rules = sorted(rules, key=lambda rule: rule.code)
        self.named: Mapping[str, Sequence[str]] = named or {}
        self._by_code: dict[str, Rule] = {}
        for item in self._rules:
            take_codes(item, self._by_code)

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    @overload
    def __getitem__(self, index: int | str) -> Rule: ...
    @overload
    def __getitem__(self, index: slice) -> list[Rule]: ...
    def __getitem__(self, index: int | str | slice) -> Rule | list[Rule]:
        """The rule of a code or name (RuleError for one that there is not), or of a place."""
        if isinstance(index, str):
            return self._named(index)
        return self._rules[index]

    def __contains__(self, rule: object) -> bool:
        """Whether a rule is there: itself, or one of this code or name."""
        return self.get(rule) is not None if isinstance(rule, str) else rule in self._rules

    def _named(self, name: str) -> Rule:
        """The rule of a code, a retired code, or a name. Raises RuleError."""
        item = self.get(name)
        if item is None:
            raise self._unknown(name)
        return item

    def get(self, code: str) -> Rule | None:
        """The rule of a code, a retired code, or a name."""
        rule = self._by_code.get(code.upper())
        return rule or next((item for item in self._rules if item.file.name == code.lower()), None)

    @property
    def by_code(self) -> Mapping[str, Rule]:
        """The rules by their codes, those that are retired among them."""
        return self._by_code

    def codes(self, name: str) -> list[str]:
        """The codes that a code, a name or a family prefix stands for; ``default`` stands for all
        rules but those that are optional, of which a family has none either. Raises RuleError for
        an unknown one.
        """
        if rule := self.get(name):
            named = [item.code for item in self._rules if item.file.name == name.lower()]
            return named or [rule.code]
        usual = [item.code for item in self._rules if not item.file.optional]
        if name.lower() == DEFAULT_RULES:
            return usual
        family = [code for code in usual if code.startswith(name.upper())]
        if name and family:
            return family
        raise self._unknown(name)

    def _unknown(self, name: str) -> RuleError:
        hint_en, hint_ja = hint(self._nearest(name))
        message = Text(
            en=f"there is no rule {name}{hint_en}", ja=f"{name} という規則はありません{hint_ja}"
        )
        return RuleError(name, "code", message)

    def _nearest(self, name: str) -> str | None:
        """The code or name most like an unknown one."""
        names = [*self._by_code, *(item.file.name for item in self._rules)]
        # The letters of a code are half of it; half of a name may be any other name's.
        for text, cutoff in ((name.upper(), 0.5), (name, 0.7)):
            if matches := difflib.get_close_matches(text, names, n=1, cutoff=cutoff):
                return matches[0]
        return None

    def with_severity(self, name: str, severity: Severity) -> RuleSet:
        """The rules with another severity for all findings of one of them, named by its code or
        name. Raises RuleError for an unknown rule or severity, and where a lower severity would
        hide that figures may be missing.
        """
        return self.with_severities({name: severity})

    def with_severities(self, severities: Mapping[str, Severity]) -> RuleSet:
        """The same for several rules, by code or name."""
        changed = [self._of_severity(name, severity) for name, severity in severities.items()]
        by_code = {item.code: item for item in changed}
        return RuleSet((by_code.get(item.code, item) for item in self._rules), self.named)

    def _of_severity(self, name: str, severity: Severity) -> Rule:
        item = self._named(name)
        if severity not in SEVERITIES:
            hint_en, hint_ja = hint(nearest_name(str(severity), SEVERITIES))
            message = Text(
                en=f"there is no severity {severity}; one of {', '.join(SEVERITIES)}{hint_en}",
                ja=f"{severity} という重要度はありません"
                f"（{'、'.join(SEVERITIES)} のいずれか）{hint_ja}",
            )
            raise RuleError(item.source, "severity", message)
        lower = SEVERITIES.index(severity) > SEVERITIES.index(item.file.severity)
        if lower and item.code.startswith(READING_FAMILIES):
            message = Text(
                en=f"{item.code} says that figures may be missing or wrong, so its severity can't "
                f"be lower than {item.file.severity}",
                ja=f"{item.code} は数値の読み取り漏れを知らせる規則のため、重要度を "
                f"{item.file.severity} より下げられません",
            )
            raise RuleError(item.source, "severity", message)
        return item.of_severity(severity)

    def __or__(self, others: Iterable[Rule] | Rule) -> RuleSet:
        """These rules and others. Raises RuleError where a code or name is there twice."""
        more = [others] if isinstance(others, Rule) else list(others)
        if not all(isinstance(item, Rule) for item in cast("list[object]", more)):
            raise WrongArgument(
                "rules are put together with rules: auditor.load_rules(…) makes some",
                "規則には規則だけを加えられます（auditor.load_rules(…) で用意してください）",
            )
        new = [item for item in more if not self._has(item)]
        names: Mapping[str, Sequence[str]] = others.named if isinstance(others, RuleSet) else {}
        return RuleSet([*self._rules, *new], {**self.named, **names})

    def _has(self, rule: Rule) -> bool:
        """Whether a rule is here, with whatever severity."""
        there = self.get(rule.code)
        return there is not None and there.file is rule.file

    def __repr__(self) -> str:
        codes = [item.code for item in self._rules]
        more = f" … {codes[-1]}" if len(codes) > _SHOWN else ""
        listed = ", ".join(codes[: _SHOWN - 1] if more else codes)
        rules = "rule" if len(codes) == 1 else "rules"
        return f"<RuleSet of {len(codes)} {rules}{': ' if codes else ''}{listed}{more}>"

    def _repr_html_(self) -> str:
        """The rules as a table, for notebooks."""
        from html import escape

        rows = "".join(
            f"<tr><td>{item.code}</td><td>{item.file.name}</td><td>{item.severity}</td>"
            f"<td>{escape(item.file.title.en)}</td><td>{escape(item.file.title.ja)}</td></tr>"
            for item in self._rules
        )
        heads = "".join(f"<th>{head}</th>" for head in ("code", "name", "severity", "", ""))
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"

    def of_form(self, form: Form) -> RuleSet:
        """The rules that are for a form, with the severities that it states, but for those that
        settings assign. Rules of columns apply where the columns print what they name. What a rule
        of each figure says that another rule says already is left out.
        """
        mine = RuleSet(where_printed(item, form) for item in self._rules if item.is_for(form))
        stated: dict[str, Severity] = {
            name: severity
            for name, severity in form.severities.items()
            if (item := mine.get(name)) is not None and item.assigned is None
        }
        stating = mine.with_severities(stated) if stated else mine
        return RuleSet(_on_form(stating, form), mine.named)

    @property
    def assigned(self) -> dict[str, Severity]:
        """The severities that rules were given, by code."""
        return {item.code: item.assigned for item in self._rules if item.assigned is not None}

    @property
    def of_reading(self) -> list[Rule]:
        """The rules that report what could not be read."""
        return [item for item in self._rules if item.code.startswith(READING_FAMILIES)]

    @property
    def of_files(self) -> list[Rule]:
        """The rules that list what a file would give away."""
        return [
            item
            for item in self._rules
            if item.each == "reading" and item.code.startswith(PUBLICATION_FAMILY)
        ]

    @property
    def of_books(self) -> list[Rule]:
        """All other rules, which judge books and what was remarked while they were read."""
        files = {item.code for item in self.of_files}
        return [item for item in self._rules if item.code not in files]

    def left_out_of(self, rules: RuleSet) -> tuple[str, ...]:
        """The codes of the rules of another set that are not in this one; those that nobody asked
        for are not left out.
        """
        return tuple(
            item.code for item in rules if item.code not in self._by_code and not item.file.optional
        )

    def chosen(self, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> set[str]:
        """The codes that ``select`` names (all but the optional ones, if none is) without those of
        ``ignore``.
        """
        names = list(select) or [DEFAULT_RULES]
        codes = set(chain.from_iterable(map(self.codes, names)))
        return codes - set(chain.from_iterable(map(self.codes, ignore)))

    def select(self, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> RuleSet:
        """The rules of ``select`` (all but the optional ones, if none is named) without those of
        ``ignore``; codes, names or families. Those that report what could not be read stay.
        """
        select = list(select)
        named = {name: self.codes(name) for name in select if name.lower() != DEFAULT_RULES}
        codes = self.chosen(select, ignore) | {item.code for item in self.of_reading}
        return RuleSet((item for item in self._rules if item.code in codes), named)
