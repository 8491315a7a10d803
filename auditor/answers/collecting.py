"""Reads all forms of a round together: what is answered, by whom, and what does not fit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, NamedTuple, TypeVar, assert_never, get_args

from auditor.answers.forms import Form, FormRow, Returned
from auditor.answers.inquiry import Inquiry
from auditor.answers.model import (
    AnsweredCause,
    Answers,
    Check,
    DepartmentAnswers,
    Fault,
    FaultCode,
    State,
)
from auditor.forms.words import squeezed
from auditor.records.text import Text
from auditor.reports.acceptance import REASONS
from auditor.reports.layout import cut
from auditor.reports.overview import NEEDING_ANSWER
from auditor.reports.workbook.answers import ANSWERS, CONFIRMATIONS, Answer, Confirmation
from auditor.reports.workbook.cells import HEADS, NO_ANSWER, Key
from auditor.waivers.model import WaiverKind
from auditor.waivers.writing import one_line

__all__ = ["collected"]

_GIVEN: Final[tuple[Key, ...]] = ("answer", "reason_kind", "reason")
"""The columns that a department fills in."""
_CONFIRMED: Final = Text(en="confirmation", ja="確認")
_OF_OVERDUE: Final[frozenset[State]] = frozenset(
    {"not_returned", "unanswered", "deleted", "retyped", "conflicting", "unreadable", "checking"}
)
"""The states that a department answers for by the day that the form names."""

_CONFIRMED_AS: Final[Mapping[Confirmation, State]] = {
    "open": "unconfirmed",
    "accepted": "accepted",
    "asked_again": "asked_again",
}
"""The state of what stands as printed, with a reason, by what the section confirmed."""
_BLANK: Final = frozenset(map(squeezed, (NO_ANSWER.ja, NO_ANSWER.en)))
"""What stands in place of an answer where none is needed."""
_OPEN: Final = (CONFIRMATIONS["open"].ja, CONFIRMATIONS["open"].en)

Word = TypeVar("Word", Answer, WaiverKind, Confirmation)


class _Entry(NamedTuple):
    """A row about a cause, and the form that it stands in."""

    form: Form
    row: FormRow


class _Unknown(NamedTuple):
    """A word that is none of the list, under the head of its column."""

    entry: _Entry
    head: Text
    text: str


@dataclass
class _Merged:
    """What all rows about one cause say together. ``differing`` are the heads of the columns in
    which they contradict each other.
    """

    answer: Answer | None = None
    kind: WaiverKind | None = None
    reason: str = ""
    confirmation: Confirmation = "open"
    differing: list[Text] = field(default_factory=list[Text])
    unknown: list[_Unknown] = field(default_factory=list[_Unknown])


def collected(
    returned: Returned,
    inquiry: Inquiry,
    made_at: datetime,
    checks: Mapping[str, Check] | None = None,
    deadline: date | None = None,
) -> Answers:
    """What came back of a round. ``checks`` say what the new version shows of each cause, where
    there is one; ``deadline`` is that of the settings, for departments whose form is not there.
    """
    collection = _Collection(inquiry, checks or {})
    for form in returned.forms:
        collection.add(form)
    causes = [collection.cause(key) for key in inquiry.rows if collection.is_listed(key)]
    return Answers(
        key=inquiry.key,
        round=inquiry.round,
        made_at=made_at,
        departments=tuple(collection.departments(causes, made_at.date(), deadline)),
        causes=tuple(causes),
        faults=tuple(collection.faults),
        unread=returned.unread,
        others=returned.others,
    )


class _Collection:
    """The forms of a round as they are read; ``entries`` are their rows by cause."""

    def __init__(self, inquiry: Inquiry, checks: Mapping[str, Check]) -> None:
        self._inquiry, self._checks = inquiry, checks
        self.entries: dict[str, list[_Entry]] = {}
        self.faults: list[Fault] = []
        self._retyped: set[str] = set()
        self._lost: set[str] = set()
        self._forms: dict[str, list[Form]] = {}
        self._deadlines: dict[str, date] = {}

    def add(self, form: Form) -> None:
        """Take a form in; one of another audit is reported, and not used."""
        if not self._is_of_round(form):
            return
        unknown: list[FormRow] = []
        departments: Counter[str] = Counter()
        for row in form.rows:
            key = row.text("id")
            if key in self._inquiry.rows:
                self.entries.setdefault(key, []).append(_Entry(form, row))
                departments[self._inquiry.rows[key].department] += 1
            elif key or row.text("number") or _is_answered(row):
                unknown.append(row)
        for row in unknown:
            self._report_unknown(form, row)
        # The section's own workbook is no department's form.
        is_own = any(row.text("department") for row in form.rows)
        if is_own:
            return
        department = self._department_of(form, departments)
        if department is not None:
            self._forms.setdefault(department, []).append(form)
            if form.deadline is not None:
                self._deadlines[department] = form.deadline

    def _department_of(self, form: Form, departments: Counter[str]) -> str | None:
        """The department of a form: that of its rows, else the one that stands above them."""
        if departments:
            return departments.most_common(1)[0][0]
        printed = squeezed(form.department)
        names = (
            name for name in self._inquiry.by_department if name and squeezed(cut(name)) == printed
        )
        return next(names, None)

    def _is_of_round(self, form: Form) -> bool:
        """Whether a form is of the round; where it is not, that is reported."""
        number, expected = form.round, self._inquiry.round
        if not form.key:
            self._fault(
                "no-key",
                form,
                "the line for reference with the key of the audit is missing; the form was not "
                "used",
                "照合用の行（点検の鍵）がないため、この回答票は使っていません",
            )
        elif form.key != self._inquiry.key:
            self._fault(
                "other-audit",
                form,
                f"the form is of another audit (key {form.key}); it was not used",
                f"別の点検の回答票です（鍵 {form.key}）。使っていません",
            )
        elif number is not None and number != expected:
            self._fault(
                "other-round",
                form,
                f"the form is of round {number}, not of round {expected}; it was not used",
                f"第{number}回の回答票です（照合先は第{expected}回）。使っていません",
            )
        else:
            return True
        return False

    def _fault(
        self,
        code: FaultCode,
        form: Form,
        en: str,
        ja: str,
        *,
        line: int | None = None,
        cause: str = "",
    ) -> None:
        row = self._inquiry.rows.get(cause)
        department = row.department if row is not None else ""
        message = Text(en=en, ja=ja)
        self.faults.append(
            Fault(
                code=code,
                file=form.file,
                line=line,
                department=department,
                cause=cause,
                message=message,
            )
        )

    def _report_unknown(self, form: Form, row: FormRow) -> None:
        """Report a row whose id is none of the audit. Where all else says which cause it is about,
        its id was retyped.
        """
        there = {other.text("id") for other in form.rows}
        alike = [
            key
            for key in self._inquiry.rows
            if key not in there and not self._inquiry.retyped(key, row.texts)
        ]
        shown = cut(row.text("id"))
        if len(alike) != 1:
            self._fault(
                "unknown-id",
                form,
                f'the id "{shown}" is none of this audit; the row was not used'
                if shown
                else "the row has no id; it was not used",
                f"「照合用」の値「{shown}」は、この点検にありません。この行は使っていません"
                if shown
                else "「照合用」の値がありません。この行は使っていません",
                line=row.line,
            )
            return
        shown = shown or "-"
        cause = alike[0]
        self._lost.add(cause)
        self._fault(
            "retyped-id",
            form,
            f'the id was changed from "{cause}" to "{shown}"; the row was not used',
            f"「照合用」の値が「{cause}」から「{shown}」に書き換えられています。"
            "この行は使っていません",
            line=row.line,
            cause=cause,
        )

    # — causes —

    def is_listed(self, key: str) -> bool:
        """Whether a cause needs an answer, or got one all the same."""
        if self._inquiry.rows[key].severity in NEEDING_ANSWER:
            return True
        return any(
            _is_answered(entry.row) or _confirmed(entry.row) for entry in self.entries.get(key, ())
        )

    def cause(self, key: str) -> AnsweredCause:
        """What became of a cause."""
        entries = self.entries.get(key, [])
        merged = _merged(entries)
        self._report(key, entries, merged)
        earlier = self._inquiry.accepted_earlier(key)
        takes_over = (
            earlier is not None
            and merged.confirmation == "accepted"
            and merged.answer in (None, "as_printed")
        )
        if earlier is not None and takes_over:
            merged.answer = "as_printed"
            merged.kind = merged.kind or earlier.kind
            merged.reason = merged.reason or earlier.reason
        row, check = self._inquiry.rows[key], self._checks.get(key)
        numbers = [entry.row.text("number") for entry in entries]
        number = next((int(text) for text in numbers if text.isascii() and text.isdecimal()), None)
        return AnsweredCause(
            id=key,
            number=row.number if number is None else number,
            department=row.department,
            severity=row.severity,
            rule=row.rule,
            owner=row.owner,
            subject=row.subject,
            answer=merged.answer,
            kind=merged.kind,
            reason=merged.reason,
            confirmation=merged.confirmation,
            taken_over=takes_over,
            check=check,
            state=self._state(key, entries, merged, check),
            files=tuple(dict.fromkeys(entry.form.file for entry in entries)),
        )

    def _report(self, key: str, entries: Sequence[_Entry], merged: _Merged) -> None:
        """Report what does not fit in the rows about a cause."""
        for entry in entries:
            columns = self._inquiry.retyped(key, entry.row.texts)
            if columns:
                self._retyped.add(key)
                names = [HEADS[column] for column in columns]
                listed_en = ", ".join(f'"{name.en}"' for name in names)
                listed_ja = "".join(f"「{name.ja}」" for name in names)
                self._fault(
                    "retyped-figures",
                    entry.form,
                    f"what the form asks about was changed: {listed_en}; the answer was not used",
                    f"照会した内容が書き換えられています：{listed_ja}。この行の回答は使っていません",
                    line=entry.row.line,
                    cause=key,
                )
        for word in merged.unknown:
            shown = cut(word.text)
            self._fault(
                "unknown-word",
                word.entry.form,
                f'"{shown}" is none of the entries of the list ({word.head.en})',
                f"「{word.head.ja}」の「{shown}」は、選択肢にない語です",
                line=word.entry.row.line,
                cause=key,
            )
        if merged.differing:
            heads_en = ", ".join(head.en for head in merged.differing)
            heads_ja = "、".join(head.ja for head in merged.differing)
            filled = [entry for entry in entries if _is_filled(entry.row)]
            places_en = dict.fromkeys(f"{item.form.file} (row {item.row.line})" for item in filled)
            places_ja = dict.fromkeys(f"{item.form.file}（{item.row.line}行目）" for item in filled)
            self._fault(
                "conflict",
                entries[0].form,
                f"the answers contradict each other ({heads_en}): {', '.join(places_en)}",
                f"回答が食い違っています（{heads_ja}）：{'、'.join(places_ja)}",
                cause=key,
            )

    def _state(
        self, key: str, entries: Sequence[_Entry], merged: _Merged, check: Check | None
    ) -> State:
        if key in self._retyped or (key in self._lost and not entries):
            return "retyped"
        if merged.differing:
            return "conflicting"
        if merged.unknown:
            return "unreadable"
        if not entries and merged.answer is None:
            department = self._inquiry.rows[key].department
            return "deleted" if department in self._forms else self._silence(department)
        if merged.answer is None:
            return self._without_answer(key, merged)
        return _answered(merged, check)

    def _without_answer(self, key: str, merged: _Merged) -> State:
        if merged.confirmation == "accepted":
            return "without_answer"
        if merged.confirmation == "asked_again":
            return "asked_again"
        return self._silence(self._inquiry.rows[key].department)

    def _silence(self, department: str) -> State:
        """The state of a cause that nobody answered; those of no department have no form."""
        returned = any(map(_has_answers, self._forms.get(department, ())))
        return "unanswered" if returned or not department else "not_returned"

    # — departments —

    def departments(
        self, causes: Iterable[AnsweredCause], today: date, deadline: date | None
    ) -> Iterator[DepartmentAnswers]:
        """What came back of each department, in their official order."""
        groups: dict[str, list[AnsweredCause]] = {name: [] for name in self._inquiry.by_department}
        for cause in causes:
            groups.setdefault(cause.department, []).append(cause)
        common = max(self._deadlines.values(), default=deadline)
        for name, items in groups.items():
            forms = self._forms.get(name, [])
            until = self._deadlines.get(name, common) if name else None
            states: dict[State, list[int]] = {state: [] for state in get_args(State)}
            for item in items:
                states[item.state].append(item.number)
            is_late = until is not None and today > until
            yield DepartmentAnswers(
                department=name,
                entries=len(self._inquiry.by_department.get(name, ())),
                answered=sum(item.answer is not None and item.state != "retyped" for item in items),
                files=tuple(form.file for form in forms if _has_answers(form)),
                blank=tuple(form.file for form in forms if not _has_answers(form)),
                deadline=until,
                overdue=is_late and any(states[state] for state in _OF_OVERDUE),
                states={state: tuple(numbers) for state, numbers in states.items() if numbers},
            )


def _answered(merged: _Merged, check: Check | None) -> State:
    """The state of a cause that has an answer."""
    match merged.answer:
        case "corrected":
            if check is not None:
                return check
            return "asked_again" if merged.confirmation == "asked_again" else "corrected"
        case "as_printed":
            if not merged.reason or merged.kind is None:
                return "refused"
            if check in ("settled", "still_wrong"):  # the values are others now
                return check
            return _CONFIRMED_AS[merged.confirmation]
        case "checking" | None:
            return "asked_again" if merged.confirmation == "asked_again" else "checking"
        case _ as never:
            assert_never(never)


def _merged(entries: Sequence[_Entry]) -> _Merged:
    """What the rows about a cause say together: what one leaves open, another may say."""
    merged = _Merged()
    merged.answer = _one_word(entries, "answer", ANSWERS, merged)
    merged.kind = _one_word(entries, "reason_kind", REASONS, merged)
    merged.confirmation = _one_word(entries, "confirmation", CONFIRMATIONS, merged) or "open"
    reasons = {squeezed(text): text for entry in entries if (text := entry.row.text("reason"))}
    if len(reasons) > 1:
        merged.differing.append(HEADS["reason"])
    merged.reason = one_line(next(iter(reasons.values()), ""))
    return merged


def _one_word(
    entries: Sequence[_Entry], key: Key, words: Mapping[Word, Text], merged: _Merged
) -> Word | None:
    """The word that the rows have in a column; None where none has any, or they differ."""
    names = {squeezed(text.ja): word for word, text in words.items()}
    names |= {squeezed(text.en): word for word, text in words.items()}
    chosen: dict[Word, None] = {}
    head = HEADS.get(key, _CONFIRMED)
    for entry in entries:
        text = entry.row.text(key)
        if not text or squeezed(text) in _BLANK:
            continue
        word = names.get(squeezed(text))
        if word is None:
            merged.unknown.append(_Unknown(entry, head, text))
        elif word != "open":
            chosen[word] = None
    if len(chosen) > 1:
        merged.differing.append(head)
        return None
    return next(iter(chosen), None)


def _is_answered(row: FormRow) -> bool:
    """Whether a department filled in anything on a row."""
    texts = (squeezed(row.text(key)) for key in _GIVEN)
    return any(text and text not in _BLANK for text in texts)


def _confirmed(row: FormRow) -> bool:
    """Whether the section confirmed anything on a row."""
    text = squeezed(row.text("confirmation"))
    return bool(text) and text not in map(squeezed, _OPEN)


def _is_filled(row: FormRow) -> bool:
    return _is_answered(row) or _confirmed(row)


def _has_answers(form: Form) -> bool:
    return any(map(_is_answered, form.rows))
