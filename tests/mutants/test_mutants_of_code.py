"""The tool that changes the code: what it changes and leaves alone, and that it tells what tests
notice from what they don't.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.mutants.changes import changed_tree, mutants_of
from tests.mutants.command import drawn
from tests.mutants.equivalents import equivalents, outdated
from tests.mutants.groups import GROUPS, ROOT
from tests.mutants.loading import change_functions, functions_of
from tests.mutants.page import share

SOURCE = '''\
"""A module."""

from __future__ import annotations

__all__ = ["least"]


def least(a: int | None, b: int = 2) -> int | None:
    """The docstring."""
    assert b > 0
    if a is None or a < b:
        return a
    raise ValueError(Text(en="one", ja="two", at=b + 1))
'''


def _module(folder: Path, source: str = SOURCE) -> Path:
    path = folder / "module.py"
    path.write_text(source, "utf-8")
    return path


def test_each_condition_bound_and_statement_is_changed_and_nothing_else(tmp_path: Path) -> None:
    changes = {(m.line, m.old, m.new) for m in mutants_of(_module(tmp_path), tmp_path)}
    assert {new for line, _, new in changes if line == 11} == {
        "if True:",
        "if False:",
        "if a is None:",
        "if a < b:",
        "if a is None and a < b:",
        "if a is not None or a < b:",
        "if a is None or a <= b:",
        "if a is None or a >= b:",
    }
    assert {new for line, _, new in changes if line == 12} == {"return None"}
    assert {new for line, _, new in changes if line == 13} == {"pass"}
    assert {line for line, _, _ in changes} == {8, 11, 12, 13}


def test_every_mutant_of_the_smallest_modules_is_another_program() -> None:
    """The changed module compiles, and is not the one that it was."""
    for path in ("auditor/rules/kpi.py", "auditor/drafting/coverage.py"):
        source = (ROOT / path).read_text("utf-8")
        unchanged = compile(source, path, "exec")
        for mutant in mutants_of(ROOT / path, ROOT):
            assert compile(changed_tree(source, mutant.index), path, "exec") != unchanged, mutant


def test_functions_that_others_hold_are_changed_too(tmp_path: Path) -> None:
    path = _module(tmp_path, "def least(a, b):\n    return [x for x in (a, b) if x < 2]\n")
    names: dict[str, object] = {}
    source = path.read_text("utf-8")
    old = compile(source, str(path), "exec")
    exec(old, names)
    held = names["least"]
    assert callable(held)
    assert held(1, 2) == [1]
    (mutant,) = [m for m in mutants_of(path, tmp_path) if "x <= 2" in m.new]
    new = compile(changed_tree(source, mutant.index), str(path), "exec")
    assert change_functions(old, new, functions_of([path])[str(path)])
    assert held(1, 2) == [1, 2]


def test_a_seed_draws_the_same_mutants_wherever_they_stand(tmp_path: Path) -> None:
    before = mutants_of(_module(tmp_path), tmp_path)
    moved = mutants_of(_module(tmp_path, SOURCE.replace("\n\n\n", "\n\n\n\n\n")), tmp_path)
    of_seed = [
        [mutant.key for mutant in drawn({"group": mutants}, seed, 4)["group"]]
        for mutants, seed in ((before, 1), (moved, 1), (before, 2))
    ]
    assert of_seed[0] == of_seed[1] != of_seed[2]


def test_groups_are_drawn_evenly_as_far_as_they_have_mutants(tmp_path: Path) -> None:
    mutants = mutants_of(_module(tmp_path), tmp_path)
    sizes = {
        name: len(values)
        for name, values in drawn({"a": mutants[:2], "b": mutants, "c": mutants}, 1, 8).items()
    }
    assert sizes == {"a": 2, "b": 3, "c": 3}


def test_each_equivalent_is_a_change_that_can_be_made_and_says_why() -> None:
    reasons = equivalents()
    files = [ROOT / path for path in sorted({key[0] for key in reasons})]
    assert outdated(reasons, [mutant for file in files for mutant in mutants_of(file, ROOT)]) == []
    assert all(len(reason) > 15 for reason in reasons.values())
    paths = {file for group in GROUPS for file in group.files()}
    assert paths.issuperset(files)


def test_every_group_has_its_modules_and_tests() -> None:
    for group in GROUPS:
        assert group.files(), group.name
        assert [test for test in group.tests if not (ROOT / test).exists()] == [], group.name


def test_a_score_is_not_rounded_up() -> None:
    assert share(9_499, 10_000) == "94.9 %"
    assert share(9_999, 10_000) == "99.9 %"
    assert share(0, 0) == "–"


def test_what_tests_notice_is_killed_and_what_they_do_not_survives() -> None:
    """Of a module whose functions are changed, and of one that is changed before it is imported.
    A figure that is no number has no value, so that nobody can notice the last.
    """
    script = """
        from tests.mutants.changes import mutants_of
        from tests.mutants.groups import ROOT, Group
        from tests.mutants.memory import Memory
        from tests.mutants.running import Limits, run

        path = "auditor/rules/kpi.py"
        group = Group("kpi", (path,), ("tests/rules/test_kpi.py::test_outcomes",))
        wanted = {
            "if True:": True,
            "STRICT: Final = ('未満',)": True,
            "actual.value if actual is not None else None": False,
        }
        mutants = [mutant for mutant in mutants_of(ROOT / path, ROOT) if mutant.new in wanted]
        memory = Memory.of(group.files(), None)
        results = list(run([group], {"kpi": mutants}, Limits(), memory, lambda line: None))
        assert {result.mutant.new: result.killed for result in results} == wanted, results
        assert len(results) == len(mutants), results
    """
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "mutants"}
    process = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
