"""A judge that takes up a snapshot goes on where the other one ended, and what is not saved is
counted as before.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from auditor.desk.judge import Judge
from auditor.desk.service import DeskError
from tests.desk.plain import NOW, Desk, call
from tests.desk.test_work import NAMES, SLOW, STEPS, Shortest, Step, add, records, take


class Snapshot:
    """What the page keeps of a judge: the parts that it gave to it, and those that it asks for."""

    def __init__(self) -> None:
        self.head: bytes | None = None
        self.parts: dict[int, bytes] = {}

    def renew(self, judge: Judge) -> None:
        listed, self.head = call(judge, "snapshot")
        parts: dict[int, bytes] = {}
        for number in listed["parts"]:
            parts[number] = self.parts.get(number) or part_of(judge, number)
        self.parts = parts

    def restored(self) -> tuple[Judge, dict[str, Any]]:
        judge = Judge(lambda: NOW)
        for number, data in self.parts.items():
            call(judge, "restore_part", data, part=number)
        return judge, call(judge, "restore", self.head)[0]


def part_of(judge: Judge, number: int) -> bytes:
    _, data = call(judge, "snapshot_part", part=number)
    assert data is not None
    return data


@SLOW
@given(STEPS)
def test_a_restored_judge_has_the_state_of_the_one_before(steps: list[Step]) -> None:
    desk, shortest, snapshot = Desk(), Shortest(), Snapshot()
    for step in steps:
        desk = take(desk, shortest, step)
        if step[0] == "save":  # which is another desk
            snapshot = Snapshot()
        snapshot.renew(desk.judge)
    snapshot.renew(desk.judge)
    expected = desk.state()
    desk.judge, restored = snapshot.restored()
    state = desk.state()
    assert sorted(restored["documents"]) == sorted(item["name"] for item in state["documents"])
    assert restored["answers"] >= sum(item["answer"] is not None for item in state["entries"])
    # She is asked to save as if she had not been asked yet.
    expected["changes"]["since_ask"] = expected["changes"]["unsaved"]
    assert state == expected
    again = Snapshot()
    again.renew(desk.judge)
    assert again.head == snapshot.head


def test_what_the_reader_gave_is_the_part() -> None:
    desk, snapshot = Desk(), Snapshot()
    for name in NAMES:
        data = records()[name, 0]
        added, _ = call(desk.judge, "add", data, name=name)
        snapshot.parts[added["part"]] = data
    parts = dict(snapshot.parts)
    snapshot.renew(desk.judge)
    assert snapshot.parts == parts
    assert part_of(desk.judge, 1) == parts[1]
    judge, _ = snapshot.restored()
    assert call(judge, "audit", lang="ja")[0] == desk.state()


def test_a_snapshot_has_only_what_is_still_needed() -> None:
    desk, snapshot = Desk(), Snapshot()
    for version in range(3):
        add(desk, NAMES[0], version)
    snapshot.renew(desk.judge)
    assert len(snapshot.parts) == 2  # the round before, and today's
    call(desk.judge, "remove", name=NAMES[0])
    snapshot.renew(desk.judge)
    assert snapshot.parts == {}
    with pytest.raises(DeskError, match="this part is not there"):
        part_of(desk.judge, 1)


def test_no_snapshot_counts_as_saved() -> None:
    desk, snapshot = Desk(), Snapshot()
    add(desk, NAMES[0], 0)
    before = desk.state()["changes"]
    snapshot.renew(desk.judge)
    assert desk.state()["changes"] == before
    assert before["unsaved"] == 1


# — what is not saved —


def unsaved(desk: Desk) -> int:
    return int(desk.state()["changes"]["unsaved"])


def test_the_sample_is_no_work_of_hers() -> None:
    desk = Desk()
    for name in NAMES[:2]:
        call(desk.judge, "add", records()[name, 0], name=name, sample=True)
    assert unsaved(desk) == 0
    entry = desk.state()["entries"][0]["id"]
    desk.ask("answer", entry=entry, kind="corrected", lang="ja")
    assert unsaved(desk) == 1
    add(desk, NAMES[2], 0)
    assert unsaved(desk) == 2


def test_documents_are_one_change_and_each_answer_is_one() -> None:
    desk = Desk()
    for name in NAMES:
        add(desk, name, 0)
    assert unsaved(desk) == 1
    first, second = desk.state()["entries"][:2]
    desk.ask("answer", entry=first["id"], kind="corrected", lang="ja")
    desk.ask("answer", entry=second["id"], kind="ask", lang="ja")
    assert unsaved(desk) == 3
    desk.ask("undo", lang="ja")
    assert unsaved(desk) == 2
    desk.saved()
    assert unsaved(desk) == 0
    desk.ask("redo", lang="ja")
    assert unsaved(desk) == 1
    desk.ask("undo", lang="ja")
    assert unsaved(desk) == 0  # as it was saved
    waivers = [{"name": "確認済み.toml", "text": ""}]
    desk.ask("configure", waivers=waivers)
    assert unsaved(desk) == 1
    call(desk.judge, "deliver", lang="ja")
    assert unsaved(desk) == 2
