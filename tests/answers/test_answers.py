"""Reply forms that come back: read exactly, in any order, and every corruption by its name."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import get_args

import openpyxl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from auditor.answers.collecting import collected
from auditor.answers.corrections import corrections
from auditor.answers.forms import forms_in
from auditor.answers.inquiry import Inquiry
from auditor.answers.model import DONE, AnsweredCause, Answers, Check, FaultCode, State
from auditor.answers.waivers import waivers_from
from auditor.answers.wording import STATES
from auditor.auditing.documents import audit
from auditor.auditing.formats import ReportContext
from auditor.auditing.occasion import Occasion
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Report
from auditor.auditing.session import load
from auditor.auditing.waiving import may_be_waived, waive
from auditor.records.languages import Lang
from auditor.records.model import Book
from auditor.reports.acceptance import REASONS
from auditor.reports.earlier import RESULT_FILE, earlier_report, earlier_round
from auditor.reports.findings import wording_of
from auditor.reports.json_report import JsonReport
from auditor.reports.workbook.answers import ANSWERS, CONFIRMATIONS
from auditor.reports.workbook.findings import findings_workbook
from auditor.reports.workbook.reply import reply_form
from auditor.settings.model import Letter, Settings
from auditor.testing.build import FISCAL_YEAR, RandomChooser, book
from auditor.waivers.model import Waiver
from auditor_rules.corruptions import CORRUPTIONS, corrupt
from tests.answers.filled import FormRows, edited, filled

SESSION = load()
FORM = SESSION.forms["kushiro"]
ASKED_AT = datetime(2025, 8, 4, 6, 30, tzinfo=UTC)
TODAY = datetime(2025, 8, 18, 9, 0, tzinfo=UTC)
DEADLINE = date(2025, 8, 15)
SETTINGS = Settings(letter=Letter(deadline=DEADLINE))


def context_in(lang: Lang) -> ReportContext:
    return ReportContext(
        lang=lang,
        rules=SESSION.rules,
        forms=SESSION.forms,
        settings=SETTINGS,
        occasion=Occasion(made_at=ASKED_AT),
    )


def audited(*books: Book) -> Report:
    return audit(books, SESSION.rules, SESSION.forms, AuditOptions(max_findings=None))


@dataclass(frozen=True)
class Sent:
    """A round that was sent: its report and result, and the form of each department."""

    clean: Book
    wrong: Book
    report: Report
    result: str
    forms: dict[str, bytes]
    asked: dict[str, tuple[str, ...]]

    def round(self, folder: Path, lang: Lang = "ja") -> Inquiry:
        (folder / RESULT_FILE).write_text(self.result, encoding="utf-8")
        return Inquiry(earlier_report(folder), context_in(lang))


@cache
def sent(lang: Lang = "ja", seed: int = 5) -> Sent:
    clean = book(6, seed=seed, form=FORM)
    wrong, chooser = clean, RandomChooser(seed)
    for kind in ("total_changed", "source_changed", "per_capita_changed", *sorted(CORRUPTIONS)[:6]):
        if kind in CORRUPTIONS and (corruption := corrupt(kind, wrong, FORM, chooser)) is not None:
            wrong = corruption.book
    report, context = audited(wrong), context_in(lang)
    asked: dict[str, list[str]] = {}
    for cause in report.causes:
        owner = cause.sheet or cause.kpi
        if cause.severity != "note" and owner is not None and owner.department:
            asked.setdefault(owner.department, []).append(cause.id)
    assert len(asked) > 1
    return Sent(
        clean=clean,
        wrong=wrong,
        report=report,
        result=JsonReport().render(report, context),
        forms={name: reply_form(report, context, name) for name in asked},
        asked={name: tuple(ids) for name, ids in asked.items()},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def read(
    round_: Sent, folder: Path, *, lang: Lang = "ja", checks: dict[str, Check] | None = None
) -> Answers:
    returned = forms_in([folder / "back"])
    return collected(returned, round_.round(folder, lang), TODAY, checks)


def by_id(answers: Answers) -> dict[str, AnsweredCause]:
    return {cause.id: cause for cause in answers.causes}


ROWS = st.fixed_dictionaries(
    {
        "answer": st.sampled_from([None, *ANSWERS]),
        "reason_kind": st.sampled_from([None, *REASONS]),
        "reason": st.sampled_from(["", "切捨てのため", "<b>5円</b>", "別の課と\n共管のため", "12"]),
        "confirmation": st.sampled_from(list(CONFIRMATIONS)),
    }
)


def state_of(row: dict[str, str | None], is_returned: bool) -> State:
    """What the state of a row must be, told in another way."""
    confirmation = row["confirmation"]
    match row["answer"]:
        case None:
            if confirmation == "accepted":
                return "without_answer"
            silent: State = "unanswered" if is_returned else "not_returned"
            return "asked_again" if confirmation == "asked_again" else silent
        case "as_printed" if not row["reason"] or row["reason_kind"] is None:
            return "refused"
        case "as_printed" if confirmation == "accepted":
            return "accepted"
        case _ if confirmation == "asked_again":
            return "asked_again"
        case "as_printed":
            return "unconfirmed"
        case "corrected":
            return "corrected"
        case _:
            return "checking"


def is_given(row: dict[str, str | None]) -> bool:
    return any(row[column] for column in ("answer", "reason_kind", "reason"))


@given(st.data(), st.sampled_from(get_args(Lang)))
@settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
def test_what_is_filled_in_is_read_back_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, lang: Lang
) -> None:
    round_, folder = sent(lang), tmp_path_factory.mktemp("round")
    rows: dict[str, dict[str, str | None]] = {}
    for number, (name, ids) in enumerate(round_.asked.items()):
        drawn = {key: data.draw(ROWS) for key in ids}
        rows |= drawn
        texts = {
            key: {
                column: words[value].of(lang)  # type: ignore[index]
                for column, words in (
                    ("answer", ANSWERS),
                    ("reason_kind", REASONS),
                    ("confirmation", CONFIRMATIONS),
                )
                if (value := row[column]) is not None
            }
            | {"reason": row["reason"] or ""}
            for key, row in drawn.items()
        }
        order = data.draw(st.permutations(range(len(ids))))
        path = folder / "back" / f"{data.draw(st.integers(0, 3))}" / f"票 {number}.xlsx"
        filled(round_.forms[name], path, texts, order)
    # The language of the command is not that of the forms.
    answers = read(round_, folder, lang=data.draw(st.sampled_from(get_args(Lang))))
    assert answers.faults == ()
    assert answers.unread == ()
    causes = by_id(answers)
    for name, ids in round_.asked.items():
        is_returned = any(map(is_given, (rows[key] for key in ids)))
        for key in ids:
            cause, row = causes[key], rows[key]
            assert (cause.answer, cause.kind) == (row["answer"], row["reason_kind"])
            assert cause.reason == (row["reason"] or "").replace("\n", "")
            assert cause.confirmation == row["confirmation"]
            assert cause.state == state_of(row, is_returned)
        part = next(each for each in answers.departments if each.department == name)
        assert part.entries == len(ids)
        assert part.answered == sum(rows[key]["answer"] is not None for key in ids)
        assert part.deadline == DEADLINE
        assert bool(part.files) == is_returned
    is_open = any(part.open for part in answers.departments)
    assert answers.exit_code == int(is_open)


# — corruptions —


def answer_all(rows: FormRows) -> None:
    for row in rows.rows:
        rows.put(row, "answer", "訂正した")


def retype_id(rows: FormRows) -> None:
    answer_all(rows)
    rows.put(rows.rows[0], "id", "0123456789ab")


def retype_figure(rows: FormRows) -> None:
    answer_all(rows)
    rows.put(rows.rows[0], "owner", "別の事業")


def another_word(rows: FormRows) -> None:
    answer_all(rows)
    rows.put(rows.rows[0], "answer", "直しました")


def delete_row(rows: FormRows) -> None:
    answer_all(rows)
    rows.sheet.delete_rows(rows.rows[0])


def no_reason(rows: FormRows) -> None:
    answer_all(rows)
    rows.put(rows.rows[0], "answer", "記載のとおり")
    rows.put(rows.rows[0], "reason_kind", "その他")


def another_key(rows: FormRows) -> None:
    answer_all(rows)
    rekeyed(rows, "key_of_other")


def rekeyed(rows: FormRows, kind: str) -> None:
    for row in rows.sheet.iter_rows(max_row=rows.rows[0] - 1):
        for cell in row:
            text = str(cell.value or "")
            if "鍵" in text:
                at = text.index("鍵") + 2
                other = text[:at] + "0" * 12
                lines = {
                    "key_of_other": other,
                    "round": text.replace("第１回", "第２回"),
                    "no": None,
                }
                cell.value = lines[kind]


def another_round(rows: FormRows) -> None:
    answer_all(rows)
    rekeyed(rows, "round")


def without_key(rows: FormRows) -> None:
    answer_all(rows)
    rekeyed(rows, "no")


@pytest.mark.parametrize(
    ("change", "code", "state"),
    [
        (answer_all, None, "corrected"),
        (retype_id, "retyped-id", "retyped"),
        (retype_figure, "retyped-figures", "retyped"),
        (another_word, "unknown-word", "unreadable"),
        (delete_row, None, "deleted"),
        (no_reason, None, "refused"),
        (another_key, "other-audit", "not_returned"),
        (another_round, "other-round", "not_returned"),
        (without_key, "no-key", "not_returned"),
    ],
)
def test_each_corruption_has_its_own_message(
    change: Callable[[FormRows], None], code: FaultCode | None, state: State, folder: Path
) -> None:
    round_ = sent()
    first, *others = round_.forms
    edited(round_.forms[first], folder / "back" / "回答票.xlsx", change)
    for number, name in enumerate(others):
        edited(round_.forms[name], folder / "back" / f"{number}.xlsx", answer_all)
    answers = read(round_, folder)
    assert [fault.code for fault in answers.faults] == ([code] if code else [])
    states = [by_id(answers)[key].state for key in round_.asked[first]]
    assert states[0] == state
    rest = state if state == "not_returned" else "corrected"
    assert set(states[1:]) <= {rest}
    for name in others:
        assert {by_id(answers)[key].state for key in round_.asked[name]} == {"corrected"}
    part = next(each for each in answers.departments if each.department == first)
    assert part.overdue == (state in ("retyped", "unreadable", "deleted", "not_returned"))
    assert answers.exit_code == int(
        bool(part.open) or bool(answers.faults) or has_nameless(answers)
    )


def has_nameless(answers: Answers) -> bool:
    return any(part.open for part in answers.departments if not part.department)


def test_two_forms_of_a_department_may_agree_or_not(folder: Path) -> None:
    round_ = sent()
    name = next(iter(round_.forms))
    key = round_.asked[name][0]
    form, back = round_.forms[name], folder / "back"
    filled(form, back / "a.xlsx", {key: {"answer": "訂正した"}})
    filled(form, back / "b.xlsx", {})
    filled(form, back / "c.xlsx", {key: {"answer": "訂正した", "confirmation": "再照会"}})
    cause = by_id(read(round_, folder))[key]
    assert (cause.answer, cause.confirmation) == ("corrected", "asked_again")
    filled(form, back / "d.xlsx", {key: {"answer": "確認中"}})
    answers = read(round_, folder)
    assert by_id(answers)[key].state == "conflicting"
    (fault,) = answers.faults
    assert fault.code == "conflict"
    assert "a.xlsx" in fault.message.ja
    assert "d.xlsx" in fault.message.ja


def test_the_section_confirms_in_its_own_workbook(folder: Path) -> None:
    round_ = sent()
    name = next(iter(round_.forms))
    key = round_.asked[name][0]
    reason = {"answer": "記載のとおり", "reason_kind": "端数調整", "reason": "切捨てのため"}
    filled(round_.forms[name], folder / "back" / "回答票.xlsx", {key: reason})
    assert by_id(read(round_, folder))[key].state == "unconfirmed"
    path = folder / "back" / "点検結果.xlsx"
    path.write_bytes(findings_workbook(round_.report, context_in("ja")))
    book_ = openpyxl.load_workbook(path)
    rows = FormRows(book_["指摘一覧"])
    rows.put(rows.by_id()[key], "confirmation", "了承")
    book_.save(path)
    answers = read(round_, folder)
    assert answers.faults == ()
    assert by_id(answers)[key].state == "accepted"


@pytest.mark.parametrize("name", ["回答票.pdf", "回答票.xlsx", "回答票（観光課）.docx"])
def test_a_form_that_can_not_be_read_is_said(name: str, folder: Path) -> None:
    round_ = sent()
    (folder / "back").mkdir()
    (folder / "back" / name).write_bytes(b"PK\x03\x04 broken")
    (folder / "back" / "メモ.txt").write_text("x", encoding="utf-8")
    answers = read(round_, folder)
    assert [reason.document for reason in answers.unread] == [name]
    assert answers.exit_code == 2
    assert answers.others == ("メモ.txt",)


def test_a_form_without_its_heads_is_no_missing_form(folder: Path) -> None:
    round_ = sent()

    def rename_head(rows: FormRows) -> None:
        answer_all(rows)
        rows.sheet.cell(rows.rows[0] - 1, rows.columns["answer"]).value = "回答"

    edited(next(iter(round_.forms.values())), folder / "back" / "観光課.xlsx", rename_head)
    assert [reason.why.code for reason in read(round_, folder).unread] == ["no-form"]


def test_a_day_is_named_as_it_is_printed(folder: Path) -> None:
    def put_day(rows: FormRows) -> None:
        rows.put(rows.rows[0], "answer", date(2026, 12, 1))

    round_ = sent()
    edited(next(iter(round_.forms.values())), folder / "back" / "a.xlsx", put_day)
    (fault,) = read(round_, folder).faults
    assert fault.code == "unknown-word"
    assert "「2026-12-01」" in fault.message.ja


def test_a_row_without_an_id_is_not_used(folder: Path) -> None:
    round_ = sent()

    def add_row(rows: FormRows) -> None:
        rows.put(rows.rows[-1] + 3, "answer", "訂正した")

    edited(next(iter(round_.forms.values())), folder / "back" / "a.xlsx", add_row)
    (fault,) = read(round_, folder).faults
    assert (fault.code, fault.message.en) == ("unknown-id", "the row has no id; it was not used")


# — corrections and waivers —


def test_a_correction_is_held_against_the_new_version(folder: Path) -> None:
    round_ = sent()
    for number, form in enumerate(round_.forms.values()):
        edited(form, folder / "back" / f"{number}.xlsx", answer_all)
    round_.round(folder)
    earlier = earlier_round(folder)
    settled = corrections(earlier, audited(round_.clean), [round_.clean])
    assert set(settled.values()) == {"settled"}
    same = corrections(earlier, round_.report, [round_.wrong])
    assert set(same.values()) == {"unchanged"}
    nothing = round_.clean.model_copy(update={"sheets": (), "kpis": ()})
    gone = corrections(earlier, audited(nothing), [nothing])
    assert "not_audited" in gone.values()
    for checks in (settled, same, gone):
        answers = read(round_, folder, checks=checks)
        for ids in round_.asked.values():
            assert {by_id(answers)[key].state for key in ids} <= {checks[key] for key in ids}


def accepted_rounds(folder: Path) -> Iterator[tuple[Sent, Answers, Inquiry]]:
    for seed in (5, 8):
        round_ = sent("ja", seed)
        shutil.rmtree(folder / "back", ignore_errors=True)
        texts = {
            "answer": "記載のとおり",
            "reason_kind": "その他",
            "reason": "説明のとおり",
            "confirmation": "了承",
        }
        for number, (name, form) in enumerate(round_.forms.items()):
            given_ = dict.fromkeys(round_.asked[name], texts)
            filled(form, folder / "back" / f"{number}.xlsx", given_)
        yield round_, read(round_, folder), round_.round(folder)


def test_only_what_was_accepted_is_waived_with_all_its_findings(folder: Path) -> None:
    for round_, answers, asked in accepted_rounds(folder):
        words = wording_of(round_.report, context_in("ja"))
        waivers, faults = waivers_from(answers, asked, "財政課", None, words)
        ids = {cause.id for cause in answers.causes if cause.state == "accepted"}
        assert ids == {key for keys in round_.asked.values() for key in keys}
        parts = [finding for key in ids for finding in asked.findings_of(key)]
        assert len(waivers) == sum(map(may_be_waived, parts))
        assert len(faults) == len(parts) - len(waivers)
        waived = waive(round_.report, waivers, TODAY.date())
        assert {item.finding.id for item in waived.waived} >= {
            finding.id for finding in parts if may_be_waived(finding)
        }
        assert {waiver.fiscal_year for waiver in waivers} == {round_.wrong.fiscal_year}
        for state in set(get_args(State)) - {"accepted"}:
            causes = tuple(cause.model_copy(update={"state": state}) for cause in answers.causes)
            others = answers.model_copy(update={"causes": causes})
            assert waivers_from(others, asked, "財政課", None, words) == ([], [])


def test_every_state_has_its_words() -> None:
    assert set(STATES) == set(get_args(State))
    assert len({text.ja for text in STATES.values()}) == len(STATES)
    assert set(get_args(State)) >= DONE


def test_what_was_accepted_last_year_is_taken_over_by_one_confirmation(folder: Path) -> None:
    year = FISCAL_YEAR + 1
    clean = book(6, seed=5, form=FORM, fiscal_year=year)
    corruption = corrupt("total_changed", clean, FORM, RandomChooser(5))
    assert corruption is not None
    wrong = corruption.book
    report = audited(wrong)
    finding = next(each for each in report.findings if each.sheet and may_be_waived(each))
    past = Waiver(
        rule=finding.rule,
        place="0" * 12,
        values="0" * 12,
        reason="昨年の説明",
        kind="端数調整",
        role="財政課",
        date=date(2024, 8, 1),
        department=finding.department,
        fiscal_year=year - 1,
        recurring=finding.recurring,
    )
    report = waive(report, [past], TODAY.date())
    (accepted,) = {item.finding for item in report.accepted_earlier}
    cause = report.cause_of(next(each for each in report.findings if each.id == accepted))
    context = context_in("ja")
    (folder / RESULT_FILE).write_text(JsonReport().render(report, context), encoding="utf-8")
    form = reply_form(report, context, finding.department)
    asked = Inquiry(earlier_report(folder), context)
    for confirmation, state in (("了承", "accepted"), ("未確認", "not_returned")):
        filled(form, folder / "back" / "票.xlsx", {cause.id: {"confirmation": confirmation}})
        answers = collected(forms_in([folder / "back"]), asked, TODAY)
        assert by_id(answers)[cause.id].state == state
        words = wording_of(report, context)
        waivers, _ = waivers_from(answers, asked, "財政課", None, words)
        if state == "accepted":
            assert {each.reason for each in waivers} == {"昨年の説明"}
            assert {each.fiscal_year for each in waivers} == {year}
            again = waive(audited(wrong), [past, *waivers], TODAY.date())
            assert accepted in {item.finding.id for item in again.waived}
        else:
            assert waivers == []
