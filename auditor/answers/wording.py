"""What is said of answers in every format: the states, and what has to be done next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from auditor.answers.model import Answers, Check, DepartmentAnswers, Fault, State
from auditor.records.text import Text
from auditor.reports.heading import round_in_text
from auditor.reports.layout import plain
from auditor.reports.overview import department_name
from auditor.reports.wording import Wording

__all__ = [
    "CHECKS",
    "DEPARTMENT_ALIGN",
    "DEPARTMENT_HEADS",
    "NO_FORMS",
    "STATES",
    "conclusion",
    "department_row",
    "fault_line",
    "next_steps",
    "others_line",
    "subtitle",
]

STATES: Final[Mapping[State, Text]] = {
    "not_returned": Text(en="not returned", ja="未提出"),
    "unanswered": Text(en="no answer", ja="未回答"),
    "deleted": Text(en="row deleted", ja="行の削除"),
    "retyped": Text(en="form changed", ja="照会内容の書き換え"),
    "conflicting": Text(en="contradictory", ja="回答の食い違い"),
    "unreadable": Text(en="not of the list", ja="選択肢以外の回答"),
    "refused": Text(en="no reason", ja="理由または区分なし"),
    "without_answer": Text(en="accepted without answer", ja="回答のない了承"),
    "still_wrong": Text(en="corrected, still not agreeing", ja="訂正後も不一致"),
    "unchanged": Text(en="not corrected", ja="訂正されていない"),
    "not_audited": Text(en="not in the new version", ja="訂正版で点検できず"),
    "asked_again": Text(en="asked again", ja="再照会"),
    "checking": Text(en="being checked", ja="確認中"),
    "unconfirmed": Text(en="to be confirmed", ja="了承待ち"),
    "corrected": Text(en="corrected (as answered)", ja="訂正（回答による）"),
    "accepted": Text(en="accepted", ja="了承"),
    "settled": Text(en="settled", ja="解消"),
}
_NEXT: Final[Mapping[State, Text]] = {
    "not_returned": Text(en="ask the department for its form", ja="回答票の提出を依頼してください"),
    "unanswered": Text(
        en="there is no answer; ask the department for it",
        ja="回答がありません。記入を依頼してください",
    ),
    "deleted": Text(
        en="the row was deleted from the form; send the form again",
        ja="回答票から行が削除されています。回答票を送り直し、記入を依頼してください",
    ),
    "retyped": Text(
        en="the id or the figures asked about were changed in the form; send the form again",
        ja="「照合用」または照会内容が書き換えられています。回答票を送り直してください",
    ),
    "conflicting": Text(
        en="the answers contradict each other; ask which one counts",
        ja="回答が食い違っています。どの回答とするか所管課に確認してください",
    ),
    "unreadable": Text(
        en="the answer is none of the list; have one chosen",
        ja="選択肢にない語が記入されています。一覧から選ぶよう依頼してください",
    ),
    "refused": Text(
        en='"stands as printed" needs a reason and its kind; ask for them',
        ja="「記載のとおり」には理由とその区分が必要です。記入を依頼してください",
    ),
    "without_answer": Text(
        en="it was accepted without any answer; ask for the answer, or undo it",
        ja="回答がないまま「了承」とされています。回答を求めるか、「未確認」に戻してください",
    ),
    "still_wrong": Text(
        en="corrected, but the figures still do not agree; ask again",
        ja="訂正版でも数値が一致しません。再度照会してください",
    ),
    "unchanged": Text(
        en="the new version says the same as before; ask for the corrected file",
        ja="訂正版の値が前回のままです。訂正したファイルの提出を依頼してください",
    ),
    "not_audited": Text(
        en="the sheet is not in the new version, or could not be checked; ask for it",
        ja="訂正版に該当のシートがないか、点検できません。提出を依頼してください",
    ),
    "asked_again": Text(
        en="asked again; wait for the new answer", ja="再照会中です。回答を待ってください"
    ),
    "checking": Text(
        en="the department is checking; ask for the outcome",
        ja="所管課で確認中です。結果の回答を求めてください",
    ),
    "unconfirmed": Text(
        en='stands as printed, with a reason; choose "accepted" or "asked again"',
        ja="「記載のとおり」の理由を確認し、「了承」または「再照会」を選んでください",
    ),
    "corrected": Text(
        en="corrected; hold it against the new version with --with",
        ja="「訂正した」との回答です。訂正版を --with で指定すると照合できます",
    ),
    "accepted": Text(en="accepted", ja="了承済みです"),
    "settled": Text(en="settled", ja="訂正版で解消しています"),
}
_WITHOUT_FORM: Final = Text(
    en="no department is known, so there is no form; answer it in 点検結果.xlsx",
    ja="所管課・室が分からないため回答票がありません。点検結果.xlsx に記入してください",
)
CHECKS: Final[Mapping[Check, Text]] = {
    "settled": STATES["settled"],
    "still_wrong": Text(en="still not agreeing", ja="訂正後も不一致"),
    "unchanged": Text(en="unchanged", ja="変更なし"),
    "not_audited": Text(en="not checked", ja="点検できず"),
}
DEPARTMENT_HEADS: Final = (
    Text(en="department", ja="所管課・室"),
    Text(en="asked", ja="照会"),
    Text(en="answered", ja="回答"),
    Text(en="open", ja="未了"),
    Text(en="answer by", ja="回答期限"),
    Text(en="forms", ja="回答票"),
)
DEPARTMENT_ALIGN: Final = "lrrrll"
NO_FORMS: Final = Text(
    en="Not read, for they are no forms", ja="回答票ではないため読み取っていないファイル"
)
_NAMES: Final = 10
"""How many of the files that are no forms are named."""
_NUMBERS: Final = 20
"""How many numbers of entries a line names; the others are counted."""


def subtitle(answers: Answers, words: Wording) -> str:
    """Of which round the answers are."""
    number = round_in_text(answers.round, words)
    key = words.say(f"key {answers.key}", f"鍵 {answers.key}")
    return words.listed([number, key, words.moment(answers.made_at)])


def conclusion(answers: Answers, words: Wording) -> str:
    """The whole in a sentence or two."""
    entries = sum(part.entries for part in answers.departments)
    answered = sum(part.answered for part in answers.departments)
    is_open = sum(part.open for part in answers.departments)
    silent = [part for part in answers.departments if not part.files and part.department]
    late = sum(part.overdue for part in answers.departments)
    text = words.say(
        f"{answered:,} of {words.count(entries, 'entry', nouns='entries')} answered; {is_open:,} "
        "need something more.",
        f"照会した{entries:,}件のうち{answered:,}件に回答があり、{is_open:,}件が未了です。",
    )
    if silent:
        text += words.say(
            f" {words.count(len(silent), 'department')} returned no answers.",
            f"回答のない所管課・室が{len(silent):,}件あります。",
        )
    if late:
        text += words.say(
            f" {words.count(late, 'department')} {'is' if late == 1 else 'are'} past the day to "
            "answer by.",
            f"回答期限を過ぎた所管課・室が{late:,}件あります。",
        )
    if answers.unread:
        text += words.say(
            f" {words.count(len(answers.unread), 'file')} could not be read.",
            f"読み取れないファイルが{len(answers.unread):,}件あります。",
        )
    return text


def department_row(part: DepartmentAnswers, words: Wording) -> list[str]:
    """The row of a department under ``DEPARTMENT_HEADS``."""
    until = ""
    if part.deadline is not None:
        until = words.date(part.deadline)
        if part.overdue:
            until += words.say(" (past)", "（超過）")
    if part.files:
        forms = words.listed([plain(file) for file in part.files])
    elif part.blank:
        forms = words.say("blank", "未記入")
    else:
        forms = words.say("not returned", "未提出") if part.department else ""
    counts = [f"{number:,}" for number in (part.entries, part.answered, part.open)]
    return [department_name(part.department, words), *counts, until, forms]


def next_steps(part: DepartmentAnswers, words: Wording) -> Iterator[str]:
    """What has to be done next in a department, a line for each state; that of what is done comes
    last. A department that answered nothing is asked for its form in one line.
    """
    for state, numbers in part.states.items():
        text = _NEXT[state].of(words.lang)
        if state == "unanswered" and not part.department:
            text = _WITHOUT_FORM.of(words.lang)
        if state == "not_returned" and part.overdue:
            text += words.say(" (past the day to answer by)", "（回答期限を過ぎています）")
        yield words.labelled(_numbers(numbers, words), text)


def _numbers(numbers: Sequence[int], words: Wording) -> str:
    shown = words.listed([str(number) for number in numbers[:_NUMBERS]])
    more = len(numbers) - _NUMBERS
    if more > 0:
        shown += words.say(f" and {more:,} more", f"ほか{more:,}件")
    return words.say(f"no. {shown}", f"番号{shown}")


def others_line(answers: Answers, words: Wording) -> str:
    """The files that are no forms; the first few by name."""
    shown = words.listed([plain(name) for name in answers.others[:_NAMES]])
    more = len(answers.others) - _NAMES
    if more > 0:
        shown += words.say(f" and {more:,} more", f" ほか{more:,}件")
    return shown


def fault_line(fault: Fault, numbers: Mapping[str, int], words: Wording) -> str:
    """A fault in a line: where, and what. ``numbers`` are those of the causes, by id."""
    where: list[str] = []
    if fault.file:
        where.append(plain(fault.file))
    if fault.line is not None:
        where.append(words.say(f"row {fault.line}", f"{fault.line}行目"))
    if fault.cause in numbers:
        number = numbers[fault.cause]
        where.append(words.say(f"no. {number}", f"番号{number}"))
    if fault.department and not fault.file:
        where.append(plain(fault.department))
    text = plain(fault.message.of(words.lang))
    return words.labelled(words.listed(where), text) if where else text
