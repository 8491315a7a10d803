"""What the work holds does not depend on the way to it, and nothing of it is lost in a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.desk.answers import Answer
from auditor.desk.document import DocumentRead
from auditor.desk.service import DeskError
from auditor.desk.work import Work
from auditor.desk.work_file import read_work, written_work
from auditor.records.text import Text
from tests.desk.folders import LIBRARY, PARKS, text, workbook
from tests.desk.plain import NOW, Desk, call

NAMES = ("成果シート/01.txt", "成果シート/02.txt", "成果シート/03.txt")
SLOW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@cache
def versions() -> dict[tuple[str, int], bytes]:
    """Three versions of three documents, two of them with faults."""
    return {
        (name, version): text(
            11 * at, PARKS, name=f"事業{at}-", sheets=2, fault=(99_999_991, 88_888_882, 0)[version]
        )
        for at, name in enumerate(NAMES)
        for version in range(3)
    }


@cache
def records() -> dict[tuple[str, int], bytes]:
    """What the reader makes of each version."""
    reader = Desk().reader
    made: dict[tuple[str, int], bytes] = {}
    for (name, version), data in versions().items():
        _, answer = call(reader, "read", data, name=name, in_folder=True)
        assert answer is not None
        made[name, version] = answer
    return made


def add(desk: Desk, name: str, version: int) -> None:
    call(desk.judge, "add", records()[name, version], name=name)


def without_changes(state: dict[str, Any]) -> dict[str, Any]:
    """A state but for what counts the steps to it."""
    left_out = ("changes", "next", "changed_since")
    return {key: value for key, value in state.items() if key not in left_out}


Step = tuple[str, str, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "remove", "answer", "undo", "redo", "save"]),
        st.sampled_from(NAMES),
        st.integers(0, 2),
    ),
    max_size=12,
)


class Shortest:
    """What is left of some steps: the first and the last version of each document, the answers."""

    def __init__(self) -> None:
        self.versions: dict[str, tuple[int, int]] = {}
        self.answers: list[tuple[str, dict[str, Any] | None]] = []
        self.undone: list[tuple[str, dict[str, Any] | None]] = []

    def desk(self) -> Desk:
        desk = Desk()
        for at in (0, 1):
            for name, pair in self.versions.items():
                add(desk, name, pair[at])
        answers = dict(self.answers)
        for key, answer in answers.items():
            if answer is not None and any(i["id"] == key for i in desk.state()["entries"]):
                desk.ask("answer", entry=key, lang="ja", **answer)
        return desk


def take(desk: Desk, shortest: Shortest, step: Step) -> Desk:
    """Do a step on the desk, and note what is left of it; a desk that was saved is another one."""
    verb, name, number = step
    if verb == "add":
        add(desk, name, number)
        first, _ = shortest.versions.get(name, (number, number))
        shortest.versions[name] = first, number
    elif verb == "remove":
        call(desk.judge, "remove", name=name)
        shortest.versions.pop(name, None)
    elif verb == "save":
        data = desk.saved()
        desk = Desk()
        desk.open(data)
    elif verb == "answer":
        items = [item for item in desk.state()["entries"] if item["document"] == name]
        if items:
            entry = items[number % len(items)]["id"]
            answer = {"kind": ("as_printed", "ask", "corrected")[number], "reason": "原資料と照合"}
            before = len(desk.judge._work.done)
            desk.ask("answer", entry=entry, lang="ja", **answer)
            if len(desk.judge._work.done) > before:
                shortest.answers.append((entry, answer))
                shortest.undone.clear()
    elif verb == "undo" and shortest.answers:
        desk.ask("undo", lang="ja")
        shortest.undone.append(shortest.answers.pop())
    elif verb == "redo" and shortest.undone:
        desk.ask("redo", lang="ja")
        shortest.answers.append(shortest.undone.pop())
    return desk


@SLOW
@given(STEPS)
def test_any_way_gives_the_same_state_as_the_shortest(steps: list[Step]) -> None:
    desk, shortest = Desk(), Shortest()
    for step in steps:
        desk = take(desk, shortest, step)
    here, there = without_changes(desk.state()), without_changes(shortest.desk().state())
    assert here["documents"] == there["documents"]
    assert here["round"] == there["round"]
    assert {item["id"]: item["change"] for item in here["entries"]} == {
        item["id"]: item["change"] for item in there["entries"]
    }
    answers = {item["id"]: item["answer"] for item in here["entries"] if item["answer"]}
    last = dict(shortest.answers)
    present = {item["id"] for item in here["entries"]}
    assert {key: answer["kind"] for key, answer in answers.items()} == {
        key: answer["kind"] for key, answer in last.items() if answer and key in present
    }


@SLOW
@given(STEPS)
def test_a_reopened_file_has_the_state_that_was_saved(steps: list[Step]) -> None:
    desk, shortest = Desk(), Shortest()
    for step in steps:
        desk = take(desk, shortest, step)
    data = desk.saved()
    saved = desk.state()
    assert saved["changes"]["unsaved"] == 0
    opened = Desk()
    assert opened.open(data) == saved
    assert opened.ask("state", lang="en") == desk.ask("state", lang="en")


# — merging —


def answer(kind: str, reason: str, days: int) -> Answer:
    return Answer(
        kind=kind,  # type: ignore[arg-type]
        reason=reason,
        date=date(2025, 8, 1) + timedelta(days),
        about=Text(en="-", ja="-"),
    )


ANSWERS = st.dictionaries(
    st.sampled_from("abcdef"),
    st.builds(
        answer, st.sampled_from(["ask", "corrected"]), st.sampled_from("xy"), st.integers(0, 3)
    ),
)
WORKS = ANSWERS.map(lambda answers: Work.model_validate({"answers": answers}))


def said(work: Work) -> dict[str, set[str]]:
    """All that a work answers, by entry."""
    answers = {key: {item.content} for key, item in work.answers.items()}
    return answers | {
        key: {item.content for item in items} for key, items in work.conflicts.items()
    }


@given(WORKS, WORKS, WORKS)
def test_a_merge_is_the_same_in_any_order_and_loses_no_answer(a: Work, b: Work, c: Work) -> None:
    both, other = a.merged_with(b), b.merged_with(a)
    assert (both.answers, both.conflicts) == (other.answers, other.conflicts)
    three, last = both.merged_with(c), a.merged_with(b.merged_with(c))
    assert (three.answers, three.conflicts) == (last.answers, last.conflicts)
    assert a.merged_with(a).answers == a.answers
    for key in {*said(a), *said(b)}:
        assert said(both)[key] == said(a).get(key, set()) | said(b).get(key, set())
    for key, items in both.conflicts.items():
        assert len(items) > 1
        assert key not in both.answers


def test_conflicting_answers_are_shown_until_somebody_answers_again() -> None:
    desks = [Desk(), Desk()]
    for desk, kind in zip(desks, ("as_printed", "corrected"), strict=True):
        add(desk, NAMES[0], 0)
        entry = desk.state()["entries"][0]["id"]
        desk.ask("answer", entry=entry, kind=kind, reason="照合した", lang="ja")
    state = desks[0].open(desks[1].saved(), merge=True)
    (conflict,) = state["conflicts"]
    assert {item["kind"] for item in conflict["answers"]} == {"as_printed", "corrected"}
    assert conflict["entry"] == entry
    assert state["entries"][0]["answer"] is None
    assert state["next"][0]["kind"] == "conflict"
    state = desks[0].ask("answer", entry=entry, kind="ask", lang="ja")
    assert not state["conflicts"]
    assert state["entries"][0]["answer"]["kind"] == "ask"
    assert desks[0].ask("undo", lang="ja")["conflicts"] == [conflict]


def test_a_merge_brings_documents_and_says_nothing_twice() -> None:
    desks = [Desk(), Desk()]
    add(desks[0], NAMES[0], 0)
    add(desks[1], NAMES[0], 0)
    add(desks[1], NAMES[1], 1)
    state = desks[0].open(desks[1].saved(), merge=True)
    assert [item["name"] for item in state["documents"]] == [NAMES[0], NAMES[1]]
    assert state["changes"]["unsaved"] == 1


# — rounds —


def test_a_corrected_document_shows_what_became_of_each_entry() -> None:
    name = "成果シート/01.xlsx"
    desk = Desk()
    desk.drop({name: workbook([PARKS, LIBRARY], fault=9_999_999)})
    before = desk.state()
    assert before["entries"]
    assert {item["change"] for item in before["entries"]} == {None}
    desk.drop({name: workbook([PARKS, LIBRARY], fault=8_888_888)})
    changed = desk.state()
    assert {item["change"] for item in changed["entries"]} == {"changed"}
    assert changed["round"] == 2
    desk.drop({name: workbook([PARKS, LIBRARY], fault=0)})
    clean = desk.state()
    assert len(clean["settled"]) == len(before["entries"])
    assert clean["documents"][0]["changed"]
    desk.drop({name: workbook([PARKS, LIBRARY], fault=9_999_999)})
    again = desk.state()
    assert again["round"] == 1
    assert without_changes(again) == without_changes(before)


def test_a_delivered_round_is_the_one_that_the_next_is_held_against() -> None:
    name = "成果シート/01.xlsx"
    desk = Desk()
    desk.drop({name: workbook([PARKS], fault=9_999_999)})
    for number, fault in ((1, 8_888_888), (2, 7_777_777)):
        result, _ = desk.delivered()
        assert f"第{number}回_20250801" in result["name"]
        desk.drop({name: workbook([PARKS], fault=fault)})
        assert desk.state()["round"] == number + 1
        assert {item["change"] for item in desk.state()["entries"]} == {"changed"}


def test_what_comes_behind_a_delivery_is_new_in_the_next_round() -> None:
    desk = Desk()
    add(desk, NAMES[0], 0)
    add(desk, NAMES[1], 0)
    assert {item["change"] for item in desk.state()["entries"]} == {None}
    call(desk.judge, "deliver", lang="ja")
    add(desk, NAMES[2], 0)
    state = desk.state()
    assert state["round"] == 2
    changes = {(item["document"], item["change"]) for item in state["entries"]}
    assert (NAMES[2], "new") in changes
    assert (NAMES[0], "open") in changes
    add(desk, NAMES[2], 1)
    add(desk, NAMES[0], 1)
    changes = {(item["document"], item["change"]) for item in desk.state()["entries"]}
    assert (NAMES[2], "new") in changes
    assert (NAMES[0], "changed") in changes
    opened = Desk()
    assert opened.open(desk.saved()) == desk.state()


def test_a_document_that_could_not_be_read_before_opens_no_round() -> None:
    desk, other = Desk(), Desk()
    desk.ask("not_read", name=NAMES[0], code="cancelled")
    add(desk, NAMES[0], 0)
    add(other, NAMES[0], 0)
    assert without_changes(desk.state()) == without_changes(other.state())


def test_documents_that_changed_since_the_file_was_saved_are_named() -> None:
    desk = Desk()
    for name in NAMES:
        add(desk, name, 0)
    data = desk.saved()
    for is_before in (True, False):
        other = Desk()
        if is_before:
            add(other, NAMES[1], 2)
        other.open(data)
        if not is_before:
            add(other, NAMES[1], 2)
        add(other, NAMES[0], 0)
        state = other.state()
        assert state["changed_since"] == [NAMES[1]]
        assert [item["changed"] for item in state["documents"]] == [False, True, False]
        assert state["changes"]["unsaved"] == 1


# — files that no desk wrote —


def saved_work(change: Callable[[dict[str, Any]], object]) -> bytes:
    desk = Desk()
    add(desk, NAMES[0], 0)
    entry = desk.state()["entries"][0]["id"]
    answer = {"kind": "accepted", "reason": "照合した", "role": "予算担当", "lang": "ja"}
    desk.ask("answer", entry=entry, waiver_kind="端数調整", **answer)
    _, work = call(desk.judge, "save", lang="ja")
    assert work is not None
    content = json.loads(work)
    change(content)
    return json.dumps(content).encode()


def first_answer(content: dict[str, Any]) -> dict[str, Any]:
    answers: dict[str, dict[str, Any]] = content["work"]["answers"]
    return next(iter(answers.values()))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda file: file.update(version=2), "別の版"),
        (lambda file: file.update(format="other"), "このプログラムの作業ファイルではない"),
        (lambda file: file["work"].update(more=1), "異なる内容"),
        (lambda file: file["work"]["documents"].update(x=1), "異なる内容"),
        (
            lambda file: file["work"]["documents"].update(
                {"../x": file["work"]["documents"][NAMES[0]]}
            ),
            "ファイル名は使えません",
        ),
        (
            lambda file: file["work"]["documents"].update(
                {"other": file["work"]["documents"][NAMES[0]]}
            ),
            "食い違って",
        ),
        (lambda file: first_answer(file)["waivers"][0].update(rule="RD001"), "確認済みにできない"),
        (lambda file: first_answer(file)["waivers"][0].update(place="x"), "確認済みにできない"),
        (lambda file: first_answer(file).update(kind="fine"), "異なる内容"),
    ],
)
def test_a_file_that_no_desk_wrote_is_refused_whole(
    change: Callable[[dict[str, Any]], object], words: str
) -> None:
    desk = Desk()
    add(desk, NAMES[1], 1)
    before = desk.state()
    with pytest.raises(DeskError) as fault:
        call(desk.judge, "open", saved_work(change), lang="ja")
    assert words in fault.value.ja
    assert desk.state() == before


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_no_bytes_make_anything_but_a_refusal(data: bytes) -> None:
    with pytest.raises(DeskError):
        read_work(data)


def test_records_of_every_kind_go_through_the_file() -> None:
    read = DocumentRead.model_validate_json(records()[NAMES[0], 0])
    work = Work().with_document(read)
    assert read_work(written_work(work, NOW)) == work
