"""Children are kept between documents, and no document can tell: each has limits of its own, and
none sees what another left behind.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.files.confined import Confined, Limits, Stopped, Task, confined, process, using
from auditor.files.confined.in_place import InPlace
from auditor.files.confined.process import Child
from auditor.records.text import Text

_ACTING = Text(en="acting", ja="動作")
_BALLAST: list[bytearray] = []
MIB = 1 << 20
CLOCKED = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="processor time is not limited here"
)
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps a process to memory")


class Actor:
    """A worker that does what its document says: ``busy 0.5``, ``keep 200``."""

    def __init__(self) -> None:
        self.answers = 0

    def answer(
        self, path: str, data: bytes, _: Mapping[str, str], __: Callable[[], None]
    ) -> Mapping[str, object]:
        verb, _, amount = data.decode().partition(" ")
        match verb:
            case "sleep":
                time.sleep(float(amount))
            case "busy":
                end = time.process_time() + float(amount)
                while time.process_time() < end:
                    pass
            case "keep":
                _BALLAST.append(bytearray(b"x") * (int(amount) * MIB))
            case "need":
                bytearray(b"x") * (int(amount) * MIB)
            case "refuse":
                raise Stopped("refused", "is refused", "拒否")
            case "crash":
                raise ZeroDivisionError("oops")
            case "die":
                os.kill(os.getpid(), int(amount))
            case "odd":
                return [1]  # type: ignore[return-value]
            case _:
                pass
        self.answers += 1
        return {"pid": os.getpid(), "path": path, "answers": self.answers}


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The child finds this module, and no test meets another's children."""
    roots = [str(Path(__file__).parent), *(path for path in sys.path if path)]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(roots))
    kept = process._Kept()
    monkeypatch.setattr(process, "_KEPT", kept)
    yield
    kept.end_all()


def task(**limits: float) -> Task:
    return Task("test_confined:Actor", (), Limits(**limits), _ACTING)  # type: ignore[arg-type]


def act(place: Confined, *documents: str) -> list[object]:
    """What comes of each document: its process, or the code of its fault."""
    results: list[object] = []
    for document in documents:
        place.start(document, document.encode())
        try:
            results.append(place.ask({})["pid"])
        except Stopped as fault:
            results.append(fault.message.code)
        place.end()
    return results


def waiting() -> list[process._Process]:
    return [one for processes in process._KEPT.waiting.values() for one in processes]


def test_one_process_has_all_documents_and_a_worker_has_one() -> None:
    place = Child(task())
    assert len(set(act(place, "a", "b", "c"))) == 1
    for name in ("d", "e"):
        place.start(name, b"")
        assert [place.ask({})["answers"], place.ask({})["answers"]] == [1, 2]
        assert place.ask({})["path"] == name
    place.end()
    assert len(waiting()) == 1


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("refuse", "refused"),
        ("crash", "crashed"),
        ("odd", "broke-reader"),
        ("die 9", "broke-reader"),
        pytest.param("busy 9", "too-slow", marks=CLOCKED),
        pytest.param("need 600", "too-much-memory", marks=LINUX),
    ],
)
def test_a_fault_costs_its_document_alone_and_the_process_is_replaced(
    document: str, code: str
) -> None:
    place = Child(task(seconds=1, memory=500 * MIB))
    first, fault, second, third = act(place, "a", document, "b", "c")
    assert fault == code
    assert isinstance(first, int)
    assert first != second == third


@CLOCKED
def test_processor_time_counts_for_each_document() -> None:
    results = act(Child(task(seconds=1)), *["busy 0.6"] * 3, "busy 3", "busy 0.1")
    assert results[3] == "too-slow"
    assert len(set(results[:3])) == 1
    assert results[4] not in results[:4]


def test_the_clock_counts_for_each_document() -> None:
    results = act(Child(task(wall_clock=2)), *["sleep 0.8"] * 3, "sleep 60", "sleep 0.1")
    assert results[3] == "too-slow"
    assert len(set(results[:3])) == 1


def test_a_process_has_so_many_documents_and_no_more() -> None:
    results = act(Child(task()), *["a"] * (2 * Limits().documents))
    assert [results.count(pid) for pid in dict.fromkeys(results)] == [Limits().documents] * 2


@LINUX
def test_a_process_that_keeps_much_memory_is_replaced() -> None:
    small, same, large, other = act(Child(task()), "keep 100", "a", "keep 250", "a")
    assert small == same == large != other


@LINUX
def test_memory_that_others_left_in_use_is_not_missed() -> None:
    """A document gets as much memory as it would get alone."""
    first, needy = act(Child(task(memory=500 * MIB)), "keep 200", "need 300")
    assert isinstance(needy, int)
    assert first != needy


def kind(result: object) -> object:
    return result if isinstance(result, str) else "read"


@cache
def alone(document: str) -> object:
    """What becomes of a document that has a process for itself."""
    process.end_waiting()
    return kind(act(Child(task()), document)[0])


@settings(max_examples=6, deadline=None)
@given(
    st.lists(
        st.sampled_from(["a", "keep 40", "need 60", "refuse", "crash", "die 9", "die 11"]),
        max_size=5,
    )
)
def test_what_becomes_of_a_document_does_not_hang_on_those_before_it(documents: list[str]) -> None:
    results = [alone(document) for document in documents]
    assert [kind(result) for result in act(Child(task()), *documents)] == results


def test_a_process_that_is_killed_in_the_middle_costs_its_document_alone() -> None:
    place = Child(task())
    first = act(place, "a")[0]
    place.start("middle", b"sleep 60")
    assert place.process is not None
    assert place.process.popen.pid == first
    killer = Thread(target=lambda: (time.sleep(0.3), os.kill(int(str(first)), signal.SIGTERM)))
    killer.start()
    with pytest.raises(Stopped) as caught:
        place.ask({})
    killer.join()
    assert caught.value.message.code == "broke-reader"


def test_a_process_that_ends_before_it_is_ready_is_not_held_against_the_document() -> None:
    """As where security software ends it, or a part of the program is missing."""
    (code,) = act(Child(task()._replace(worker="no_such_module:Worker")), "a")
    assert code == "no-process"


def test_a_process_that_dies_while_it_waits_is_not_missed() -> None:
    place = Child(task())
    (first,) = act(place, "a")
    (idle,) = waiting()
    os.kill(int(str(first)), 9)
    idle.popen.wait(30)
    (second,) = act(place, "b")
    assert isinstance(second, int)
    assert first != second


def test_a_process_that_nobody_needs_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "IDLE", 0.2)
    act(Child(task()), "a")
    (idle,) = waiting()
    end = time.monotonic() + 10
    while not idle.ended and time.monotonic() < end:
        time.sleep(0.05)
    assert idle.ended
    assert idle.popen.wait(5) is not None
    assert waiting() == []


def test_tasks_of_other_limits_share_no_process() -> None:
    assert act(Child(task()), "a") != act(Child(task(seconds=5)), "a")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_fork_of_the_program_leaves_its_children_alone() -> None:
    place = Child(task())
    (first,) = act(place, "a")
    process._KEPT.disown_all()  # what a fork does first
    (second,) = act(place, "b")
    assert first != second


def test_a_process_whose_work_was_interrupted_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> object:
        raise KeyboardInterrupt

    place = Child(task())
    place.start("a", b"sleep 60")
    monkeypatch.setattr(process._Process, "answer", interrupted)
    with pytest.raises(KeyboardInterrupt):
        place.ask({})
    place.end()
    assert waiting() == []


@pytest.mark.parametrize(
    ("document", "code"),
    [("refuse", "refused"), ("crash", "crashed"), ("odd", "broke-reader")],
)
def test_work_in_place_is_told_as_that_of_a_child_is(document: str, code: str) -> None:
    with using(InPlace):
        place = confined(task())
        assert act(place, "a", document, "b") == [os.getpid(), code, os.getpid()]
    assert isinstance(confined(task()), Child)


def test_work_in_place_has_a_worker_for_each_document_and_tells_of_its_parts() -> None:
    parts: list[int] = []
    place = InPlace(Task("test_confined:Counted", (), Limits(), _ACTING), lambda: parts.append(1))
    for name in ("d", "e"):
        place.start(name, b"xx")
        assert [place.ask({})["answers"], place.ask({})["answers"]] == [1, 2]
        place.end()
    assert len(parts) == 8


class Counted(Actor):
    """An actor that tells of a part for each byte."""

    def answer(
        self, path: str, data: bytes, question: Mapping[str, str], progress: Callable[[], None]
    ) -> Mapping[str, object]:
        for _ in data:
            progress()
        return super().answer(path, b"", question, progress)
