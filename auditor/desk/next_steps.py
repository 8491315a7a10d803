"""What to do next (次にすること), the most urgent first.

First stands what was not checked; then whom to ask, what to hand out, and what to save.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.desk.model import (
    Changes,
    Conflict,
    DepartmentShown,
    DocumentShown,
    Entry,
    NextStep,
)
from auditor.records.severities import SEVERITIES
from auditor.reports.overview import NEEDING_ANSWER
from auditor.reports.wording import Wording

__all__ = ["next_steps"]


def next_steps(
    documents: Sequence[DocumentShown],
    departments: Sequence[DepartmentShown],
    entries: Sequence[Entry],
    conflicts: Sequence[Conflict],
    changes: Changes,
    words: Wording,
) -> Iterator[NextStep]:
    """The steps, in their order."""
    yield from _not_checked(documents, words)
    for conflict in conflicts:
        text = words.say(
            f"Two work files contradict each other; answer again: {conflict.about}",
            f"二つの作業ファイルで回答が異なります。もう一度回答してください：{conflict.about}",
        )
        yield NextStep(kind="conflict", text=text, entry=conflict.entry)
    for department in departments:
        if department.open:
            yield NextStep(
                kind="department", text=_open(department, words), department=department.name
            )
    answered = [
        entry for entry in entries if entry.answer is not None and entry.answer.kind == "as_printed"
    ]
    if answered:
        number = len(answered)
        text = words.say(
            f"Decide on {words.count(number, 'entry', nouns='entries')} that "
            f"{'stands' if number == 1 else 'stand'} as printed",
            f"「記載のとおり」と回答のあった{number:,}件を、了承するかどうか決める",
        )
        yield NextStep(kind="answer", text=text, entry=answered[0].id)
    if any(entry.severity in NEEDING_ANSWER and entry.department for entry in entries):
        text = words.say("Make the files for the departments", "所管課に渡すファイルを作る")
        yield NextStep(kind="deliver", text=text)
    if changes.unsaved:
        changes_en = words.count(changes.unsaved, "change")
        text = words.say(
            f"Save the work file ({changes_en})",
            f"作業ファイルを保存する（未保存の変更{changes.unsaved:,}件）",
        )
        yield NextStep(kind="save", text=text)


def _not_checked(documents: Sequence[DocumentShown], words: Wording) -> Iterator[NextStep]:
    for document in documents:
        if document.state == "not_checked":
            what = words.say(
                f"{document.name} was not checked", f"{document.name} を点検できていません"
            )
        elif document.state == "audited" and document.reasons:
            what = words.say(
                f"{document.name} was not checked in part",
                f"{document.name} の一部を点検できていません",
            )
        else:
            continue
        why = document.reasons[0] if document.reasons else ""
        text = words.labelled(what, why) if why else what
        yield NextStep(kind="not_checked", text=text, document=document.name)


def _open(department: DepartmentShown, words: Wording) -> str:
    """Whom to ask about how much."""
    counts = [
        words.word(severity) + words.say(" ", "") + f"{department.counts[severity]:,}"
        for severity in SEVERITIES
        if severity in NEEDING_ANSWER and department.counts[severity]
    ]
    listed = words.listed(counts)
    number = department.open
    return words.say(
        f"{department.title}: {words.count(number, 'entry', nouns='entries')} without an answer "
        f"({listed})",
        f"{department.title}：{number:,}件の指摘を確かめる（{listed}）",
    )
