"""Sets of rules: the rules of a code, a name or a family, selected and ignored."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from typing import overload

from auditor.records.text import Text
from auditor.rules.rule import Rule, RuleError

__all__ = ["RuleSet"]


class RuleSet(Sequence[Rule]):
    """Rules in the order of their codes; no code occurs twice."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = sorted(rules, key=lambda rule: rule.code)
        self._by_code: dict[str, Rule] = {}
        for item in self._rules:
            for code in (item.code, *item.file.retired):
                if code in self._by_code:
                    other = self._by_code[code]
                    raise RuleError(
                        item.source,
                        "code",
                        Text(
                            en=f"{code} is taken by {other.source}",
                            ja=f"{code} は {other.source} が使っています",
                        ),
                    )
                self._by_code[code] = item

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    @overload
    def __getitem__(self, index: int) -> Rule: ...
    @overload
    def __getitem__(self, index: slice) -> list[Rule]: ...
    def __getitem__(self, index: int | slice) -> Rule | list[Rule]:
        return self._rules[index]

    def get(self, code: str) -> Rule | None:
        """The rule of a code, a retired code, or a name."""
        found = self._by_code.get(code.upper())
        return found or next((item for item in self._rules if item.file.name == code.lower()), None)

    def codes(self, wanted: str) -> list[str]:
        """The codes that a code, a name or a family prefix stands for; raises RuleError for an
        unknown one.
        """
        if found := self.get(wanted):
            return [found.code]
        family = [
            item.code for item in self._rules if wanted and item.code.startswith(wanted.upper())
        ]
        if not family:
            known = [*self._by_code, *(item.file.name for item in self._rules)]
            nearest = difflib.get_close_matches(
                wanted.upper(), known, n=1, cutoff=0.5
            ) or difflib.get_close_matches(wanted, known, n=1, cutoff=0.5)
            hint = (
                (f"; did you mean {nearest[0]}?", f"。{nearest[0]} のことですか")
                if nearest
                else ("", "")
            )
            raise RuleError(
                wanted,
                "code",
                Text(
                    en=f"there is no rule {wanted}{hint[0]}",
                    ja=f"{wanted} という規則はありません{hint[1]}",
                ),
            )
        return family

    def select(self, select: Iterable[str] = (), ignore: Iterable[str] = ()) -> RuleSet:
        """The rules of ``select`` (all, if none is named) without those of ``ignore``; codes,
        names or families.
        """
        wanted = {code for name in select for code in self.codes(name)} or {
            item.code for item in self._rules
        }
        wanted -= {code for name in ignore for code in self.codes(name)}
        return RuleSet(item for item in self._rules if item.code in wanted)
