"""Answers to entries: that it stands as printed, with the reason, or was accepted as it is.

What was accepted is a waiver, with the same model and the same checks as those of the files of
waivers. Whoever answers is named by a role, never as a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date as Day
from typing import Final

from auditor.answers.waivers import waiver_of
from auditor.auditing.waiving import may_be_waived
from auditor.desk.model import AnswerKind, AnswerShown
from auditor.desk.service import DeskError
from auditor.records.figures import Record
from auditor.records.text import Text
from auditor.reports.acceptance import REASONS
from auditor.reports.entries import Entry
from auditor.reports.layout import plain
from auditor.reports.wording import Wording
from auditor.rules.findings import Finding
from auditor.waivers.model import Waiver, WaiverKind
from auditor.waivers.writing import one_line, waiver_file

__all__ = ["ANSWER_WORDS", "Answer", "Asked", "Step", "answered", "key_of", "shown", "waivers_in"]

ANSWER_WORDS: Final[Mapping[AnswerKind, Text]] = {
    "as_printed": Text(en="stands as printed", ja="記載のとおり"),
    "accepted": Text(en="accepted", ja="了承"),
    "corrected": Text(en="corrected", ja="訂正した"),
    "ask": Text(en="being checked", ja="確認中"),
}
"""What the answers are called, as in the reply forms."""

_LONGEST: Final = 1_000
_PERSONS: Final = ("様", "さん", "氏", "殿")
"""Behind a person's name; no role ends so."""


class Answer(Record):
    """The answer to an entry. ``about`` says what it is on, for when the entry is gone;
    ``waivers`` are those of what was accepted.
    """

    kind: AnswerKind
    reason: str = ""
    role: str = ""
    date: Day
    waiver_kind: WaiverKind | None = None
    waivers: tuple[Waiver, ...] = ()
    about: Text
    department: str = ""

    @property
    def content(self) -> str:
        """What the answer says, whenever it was given."""
        return self.model_dump_json(include={"kind", "reason", "role", "waiver_kind"})


class Step(Record):
    """A change of the answer to an entry. ``conflict`` are the answers that contradicted each
    other before it.
    """

    key: str
    before: Answer | None
    after: Answer | None
    conflict: tuple[Answer, ...] = ()
    about: Text

    @property
    def text(self) -> Text:
        """What was done, in words."""
        word = ANSWER_WORDS[self.after.kind] if self.after is not None else None
        if word is None:
            return Text(
                en=f"answer taken back ({self.about.en})", ja=f"回答の取消し（{self.about.ja}）"
            )
        return Text(
            en=f"answer: {word.en} ({self.about.en})", ja=f"回答「{word.ja}」（{self.about.ja}）"
        )


class Asked(Record):
    """What the user answers to an entry; ``none`` takes the answer back."""

    entry: str
    kind: AnswerKind | None
    waiver_kind: WaiverKind | None = None
    reason: str = ""
    role: str = ""


def key_of(finding: Finding) -> str:
    """What an answer is known by: rule, place and values of the main finding. It holds for these
    values alone.
    """
    return ":".join((finding.rule, finding.place, finding.values))


def answered(
    request: Asked,
    entry: Entry,
    before: Answer | None,
    day: Day,
    years: Mapping[str, int],
    words: Mapping[str, Wording],
) -> Answer:
    """The answer to an entry; what is not said is taken over from the answer ``before``. ``years``
    are the fiscal years of the documents, ``words`` those of each language.

    Raises DeskError where a reason, its kind or a role is missing, and for what can't be waived.
    """
    assert request.kind is not None
    earlier = before if request.kind == "accepted" else None
    answer = Answer(
        kind=request.kind,
        reason=_line(request.reason) or (earlier.reason if earlier is not None else ""),
        role=_line(request.role),
        date=day,
        waiver_kind=request.waiver_kind or (earlier.waiver_kind if earlier is not None else None),
        about=_about(entry, words),
        department=entry.main.department,
    )
    _check(answer)
    if answer.kind != "accepted":
        return answer
    waivers = tuple(_waivers(answer, entry, years, words["ja"]))
    waiver_file(waivers)  # which refuses what no file of waivers may hold
    return answer.model_copy(update={"waivers": waivers})


def _line(text: str) -> str:
    line = one_line(text)
    if len(line) <= _LONGEST:
        return line
    raise DeskError(
        "too-long",
        f"the text is longer than {_LONGEST:,} characters; shorten it",
        f"{_LONGEST:,}字以内で入力してください",
    )


def _check(answer: Answer) -> None:
    """Raise DeskError for an answer in which something is missing."""
    if answer.kind in ("as_printed", "accepted") and not answer.reason:
        raise DeskError(
            "no-reason",
            "say why it stands as printed: from which source, or by which rule",
            "記載のとおりとする理由（確かめた資料など）を入力してください",
        )
    if answer.kind == "accepted" and answer.waiver_kind is None:
        raise DeskError("no-kind", "choose the kind of the reason", "理由の種別を選んでください")
    if answer.kind == "accepted" and not answer.role:
        raise DeskError(
            "no-role",
            "say by which role it is accepted, such as the budget section's",
            "了承した職（例：予算担当）を入力してください",
        )
    if answer.role.endswith(_PERSONS):
        raise DeskError(
            "a-person",
            "name a role, never a person",
            "氏名ではなく、職名（例：予算担当）を入力してください",
        )


def _waivers(
    answer: Answer, entry: Entry, years: Mapping[str, int], words: Wording
) -> Iterable[Waiver]:
    findings = [finding for finding in entry.findings if may_be_waived(finding)]
    if not findings:
        rule = plain(entry.main.rule)
        raise DeskError(
            "not-waivable",
            f"{rule} says that figures may be missing, which can't be accepted; it stays open",
            f"{rule} は数値の読み取り漏れを知らせる指摘のため、了承できません",
        )
    assert answer.waiver_kind is not None
    for finding in findings:
        yield waiver_of(
            finding,
            years.get(finding.document),
            reason=answer.reason,
            kind=answer.waiver_kind,
            role=answer.role,
            day=answer.date,
            words=words,
        )


def _about(entry: Entry, words: Mapping[str, Wording]) -> Text:
    from auditor.reports.overview import heading_of

    texts = {
        lang: word.labelled(heading_of(entry, word)[0], entry.main.message.of(lang))
        for lang, word in words.items()
    }
    return Text(en=texts["en"], ja=texts["ja"])


def waivers_in(answers: Iterable[Answer]) -> list[Waiver]:
    """The waivers of what was accepted, each finding once."""
    waivers: dict[tuple[object, ...], Waiver] = {}
    for answer in answers:
        for waiver in answer.waivers:
            key = waiver.rule, waiver.place, waiver.values, waiver.fiscal_year
            waivers.setdefault(key, waiver)
    return list(waivers.values())


def shown(answer: Answer, words: Wording) -> AnswerShown:
    """An answer in words."""
    kind = answer.waiver_kind
    return AnswerShown(
        kind=answer.kind,
        kind_word=ANSWER_WORDS[answer.kind].of(words.lang),
        reason=answer.reason,
        role=answer.role,
        date=words.date(answer.date),
        waiver_kind=REASONS[kind].of(words.lang) if kind is not None else None,
    )
