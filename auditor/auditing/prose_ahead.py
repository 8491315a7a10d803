"""The prose of a large book, judged in further processes while the figures are judged here.

This is for speed alone. What passes there is counted; what fails there, or can't be judged there,
is judged here once more, as everything else is.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from threading import Event
from typing import Any, Final, cast

from auditor.auditing.judged_rows import judged_rows
from auditor.auditing.prose import Part
from auditor.files.confined import Limits, Task, answered_if_any
from auditor.files.confined.pool import Results
from auditor.files.confined.process import end_waiting
from auditor.forms.model import Form
from auditor.forms.told import as_told, form_told
from auditor.records.model import Book, Kpi, NotChecked, Sheet
from auditor.records.prose import has_prose
from auditor.records.text import Text
from auditor.rules.claim_reading import ClaimReading
from auditor.rules.findings import OUTCOMES, Outcome
from auditor.rules.loading import load_rule_file
from auditor.rules.rows import Rows, vocabulary
from auditor.rules.rule import Rule, RuleError
from auditor.rules.ruleset import RuleSet
from auditor.rules.searchable import rests_on_rows

__all__ = ["Judges", "ProseAhead"]

_TOGETHER: Final = 20
"""So many sheets are judged at a time."""
_LARGEST: Final = 1 << 20
"""How many bytes the JSON of these sheets may have, to be judged well within the limits."""
_TASK: Final = Task(
    "auditor.auditing.prose_ahead:Judges",
    (),
    Limits(documents=10_000),
    Text(en="judging the prose of", ja="文章の点検"),
)

_Settled = Mapping[str, Mapping[Outcome, int]]
"""How many rows of a sheet came to each outcome, by the keys of the rules that found nothing."""


class ProseAhead:
    """What rules that read prose make of a book, sheet by sheet, judged in ``jobs`` processes at a
    time from now on.
    """

    def __init__(self, rows: Rows, rules: Sequence[Rule], jobs: int) -> None:
        sheets = [sheet for sheet in rows.book.sheets if has_prose(sheet)]
        parts = [sheets[at : at + _TOGETHER] for at in range(0, len(sheets), _TOGETHER)]
        question = {"form": as_told(rows.form), "rules": _told(rules, rows.form)}
        over = Event()
        works = [partial(_judged, rows, part, question, over) for part in parts]
        self._awaited = deque(parts)
        self._waiting = {id(sheet) for sheet in sheets}
        self._settled: dict[int, _Settled] = {}
        self._results: Results[Sequence[_Settled]] = Results(works, jobs)

    def unsettled(
        self, rule: Rule, sheets: Iterable[Sheet], counts: dict[Outcome, int]
    ) -> list[Sheet]:
        """Those of the sheets that have to be judged here; outcomes of the others are counted."""
        rest: list[Sheet] = []
        for sheet in sheets:
            settled = self._of(sheet).get(rule.key)
            if settled is None:
                rest.append(sheet)
                continue
            for outcome, number in settled.items():
                counts[outcome] += number
        return rest

    def _of(self, sheet: Sheet) -> _Settled:
        while id(sheet) in self._waiting:
            part, answers = self._awaited.popleft(), next(self._results)
            for item, settled in zip(part, answers, strict=True):
                self._waiting.discard(id(item))
                self._settled[id(item)] = settled
        return self._settled.get(id(sheet), {})

    def close(self) -> None:
        """Judge no more; processes that wait for sheets would only take memory."""
        self._results.close()
        end_waiting()


def _told(rules: Iterable[Rule], form: Form) -> str:
    """The rules that another process can judge: each by its file, the forms that it is for, and
    what tells whether the file still says what it said.
    """
    entries = [
        (rule.path, rule.code, rule.forms, _digest(rule))
        for rule in rules
        if rule.path and not rule.looked_up(form) and not rule.others and _is_of_sheet(rule)
    ]
    return json.dumps(list(dict.fromkeys(entries)))


def _is_of_sheet(rule: Rule) -> bool:
    """Whether a rule looks at nothing beside its own sheet, and brings no code of others."""
    if rule.check is not None and (rule.plugin or rule.file.looks_at != "sheet"):
        return False
    return not rests_on_rows(rule)


def _digest(rule: Rule) -> str:
    """What a rule says, in few letters."""
    return hashlib.sha256(rule.file.model_dump_json().encode()).hexdigest()


def _judged(
    rows: Rows, sheets: Sequence[Sheet], question: Mapping[str, str], over: Event
) -> Sequence[_Settled]:
    """What another process settles of some sheets. ``over`` is set where none can be had."""
    nothing: list[_Settled] = [{}] * len(sheets)
    if over.is_set():
        return nothing
    indicators = chain.from_iterable(map(rows.kpis_of, sheets))
    kpis: dict[int, Kpi] = {id(kpi): kpi for kpi in indicators}
    book = rows.book.model_copy(
        update={"documents": (), "sheets": tuple(sheets), "kpis": tuple(kpis.values())}
    )
    try:
        data = book.model_dump_json().encode()
    except ValueError:  # half a character is no text that can be told
        return nothing
    if len(data) > _LARGEST:
        return nothing
    answer = answered_if_any(_TASK, data, question, over)
    settled = answer.get("settled")
    if not isinstance(settled, list) or len(cast(list[object], settled)) != len(sheets):
        return nothing
    return cast(list[_Settled], settled)


# — in the other process —


class Judges:
    """The worker that judges prose in a process of its own. Its document is a book as JSON."""

    def answer(
        self, path: str, data: bytes, question: Mapping[str, str], progress: Callable[[], None]
    ) -> dict[str, Any]:
        """What is settled of each sheet."""
        del path, progress
        reading = ClaimReading()
        form = form_told(question["form"])
        rows = Rows(Book.model_validate_json(data), form, claims_of=reading)
        rules = _rules(question["rules"], question["form"])
        return {"settled": [_settled(rules, rows, sheet, reading) for sheet in rows.book.sheets]}


@lru_cache(maxsize=8)
def _rules(text: str, form: str) -> Sequence[Rule]:
    """The rules, as they judge a form; without those that can't be loaded as they were."""
    on = form_told(form)
    words = vocabulary([on])
    rules: list[Rule] = []
    for path, code, forms, digest in json.loads(text):
        try:
            loaded = load_rule_file(Path(path), words)
        except RuleError:
            continue
        same = (rule for rule in loaded if rule.code == code and _digest(rule) == digest)
        rules += (rule.of_forms(forms) for rule in same)
    return [rule for rule in RuleSet(rules).of_form(on) if rule.applies_to(on)]


def _settled(rules: Iterable[Rule], rows: Rows, sheet: Sheet, reading: ClaimReading) -> _Settled:
    """How many rows of a sheet came to each outcome, by rule. A rule with a finding, or whose rows
    could not all be judged, is not there.
    """
    settled: dict[str, Mapping[Outcome, int]] = {}
    part = Part(rows, [sheet])
    for rule in rules:
        counts: dict[Outcome, int] = dict.fromkeys(OUTCOMES, 0)
        crashed: list[NotChecked] = []
        judged = part.chosen(rule, counts)
        fails = any(True for _ in judged_rows(rule, judged, counts, crashed, rows, None))
        if not fails and not crashed:
            settled[rule.key] = {outcome: number for outcome, number in counts.items() if number}
    failed = bool(reading.not_checked)
    reading.not_checked.clear()
    return {} if failed else settled
