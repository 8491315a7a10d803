"""The findings of a report in groups: by department, by rule, or by whatever a function says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, Literal, TypeVar, get_args

from auditor.auditing.frames import Framed
from auditor.records.nearest import hint, nearest_name
from auditor.records.severities import QUESTION, SEVERITIES, CountedAs
from auditor.rules.findings import Finding

if TYPE_CHECKING:
    from auditor.rules.causes import Cause

__all__ = ["Group", "Grouping", "Groups", "counted", "grouping"]

K = TypeVar("K")
Grouping = Literal[
    "department", "document", "family", "name", "project", "rule", "severity", "unit", "year"
]
"""What findings are grouped by; a finding that has none of it is in the group of the empty text."""

GROUPINGS: Final[Mapping[str, Callable[[Finding], str]]] = {
    "department": lambda finding: finding.department,
    "document": lambda finding: finding.document,
    "family": lambda finding: finding.rule.rstrip("0123456789"),
    "name": lambda finding: finding.name,
    "project": lambda finding: finding.project,
    "rule": lambda finding: finding.rule,
    "severity": lambda finding: finding.severity,
    "unit": lambda finding: finding.unit,
    "year": lambda finding: finding.year or "",
}


def grouping(name: str) -> Callable[[Finding], str]:
    """What a word groups findings by; raises ValueError for a word that groups by nothing."""
    if name not in GROUPINGS:
        words = ", ".join(get_args(Grouping))
        near_en, near_ja = hint(nearest_name(name, GROUPINGS))
        raise ValueError(
            f"findings are not grouped by {name!r}; there are {words}, or a function of a "
            f"finding{near_en} / {name} では分類できません。{words} のいずれか、または関数を"
            f"指定してください{near_ja}"
        )
    return GROUPINGS[name]


def counted(counts: Mapping[CountedAs, int]) -> str:
    """How many findings there are of each severity, in words: ``3 errors, 1 warning``; questions
    stand behind them.
    """
    names: tuple[CountedAs, ...] = (*SEVERITIES, QUESTION)
    words = [
        f"{count} {name}{'' if count == 1 else 's'}"
        for name in names
        if (count := counts.get(name, 0))
    ]
    return ", ".join(words) or "no findings"


@dataclass(frozen=True, repr=False)
class Group(Framed, Generic[K]):
    """The findings of a report that are alike in something, and their causes with these findings
    alone. ``key`` is what they are alike in.
    """

    key: K
    findings: tuple[Finding, ...]
    causes: tuple[Cause, ...]

    @property
    def counts(self) -> Mapping[CountedAs, int]:
        """How many findings there are of each severity, and how many questions where there are
        some.
        """
        counts: dict[CountedAs, int] = dict.fromkeys(SEVERITIES, 0)
        for finding in self.findings:
            counts[finding.counted_as] = counts.get(finding.counted_as, 0) + 1
        return counts

    def __len__(self) -> int:
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __repr__(self) -> str:
        return f"<Group {self.key}: {counted(self.counts)}; causes: {len(self.causes)}>"

    def _repr_html_(self) -> str:
        """The group as a notebook shows it: its first findings."""
        return self._html(f"{self.key}: {counted(self.counts)}")


class Groups(Mapping[K, Group[K]]):
    """Groups by their keys, in the order of their first findings; those of severities begin with
    the worst.
    """

    def __init__(self, name: str, groups: Iterable[Group[K]]) -> None:
        self.name: str = name
        """What the findings are grouped by."""
        self._groups = {group.key: group for group in groups}

    def __getitem__(self, key: K) -> Group[K]:
        return self._groups[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._groups)

    def __len__(self) -> int:
        return len(self._groups)

    def __repr__(self) -> str:
        parts = [f"{key}: {len(group)}" for key, group in self._groups.items()]
        return f"<Groups by {self.name}: {'; '.join(parts) or 'no findings'}>"

    def _repr_html_(self) -> str:
        """The groups as a notebook shows them: a row each."""
        from auditor.records.html import table

        rows = [
            (
                str(group.key),
                *(str(group.counts[severity]) for severity in SEVERITIES),
                str(len(group.causes)),
            )
            for group in self._groups.values()
        ]
        headings = (self.name, *(f"{severity}s" for severity in SEVERITIES), "causes")
        return table(f"Findings by {self.name}", headings, rows)
