"""Ctrl-C ends a command soon, with what it was at: no process is left, and nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no signal can be sent to one process")
LONG: Final = 60
"""Far longer than a command may take to end, in seconds."""


def _began(marker: Path, process: subprocess.Popen[str]) -> str:
    """What is in a file, once it is there."""
    until = time.monotonic() + 2 * LONG
    while not marker.exists() or not marker.read_text(encoding="utf-8").endswith("\n"):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.02)
    return marker.read_text(encoding="utf-8")


def _listening() -> None:
    """Hear Ctrl-C, even where the tests run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _started(*words: str, beside: Sequence[str] = ()) -> subprocess.Popen[str]:
    """A command, and modules that lie beside it."""
    return subprocess.Popen(
        [sys.executable, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([*beside, *sys.path])},
        preexec_fn=_listening,
    )


def _interrupted(process: subprocess.Popen[str]) -> str:
    """What a command says that is sent Ctrl-C."""
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=LONG)[1]
    assert process.returncode == 2, said
    return said


_SLOW = """
import time
from collections.abc import Sequence
from pathlib import Path
import auditor

class Slow:
    name = "slow"

    def accepts(self, source, form):
        return True

    def read(self, source, form):
        Path(source.path + ".began").write_text("began\\n")
        time.sleep(10_000)

@auditor.hookimpl
def auditor_readers():
    return [Slow()]
"""


@pytest.mark.parametrize("jobs", [1, 2])
def test_documents_that_wait_are_not_read(tmp_path: Path, jobs: int) -> None:
    plugin, folder = tmp_path / "plugin.py", tmp_path / "folder"
    plugin.write_text(_SLOW, encoding="utf-8")
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.txt").write_text("主要施策成果シート 事業名", encoding="utf-8")
    form = ("--form", "kushiro", "--jobs", str(jobs), "--lang", "en")
    command = ("-m", "auditor", "check", *form, "--plugin", str(plugin), str(folder))
    process = _started(*command)
    for number in range(jobs):
        _began(folder / f"{number}.txt.began", process)
    assert "interrupted" in _interrupted(process)
    assert len(list(folder.glob("*.began"))) == jobs


_WORKER = """
import os, time
from pathlib import Path

class Sleeper:
    def answer(self, path, data, question, progress):
        Path(path).write_text(f"{os.getpid()}\\n")
        time.sleep(10_000)
"""
_WITH_CHILDREN = """
import sys
from functools import partial
from auditor.cli import main as cli
from auditor.cli.commands import check
from auditor.files.confined import Limits, Task, answered, in_order
from auditor.records.text import Text

task = Task("sleeper:Sleeper", (), Limits(), Text(en="reading", ja="読み取り"))

def reading(arguments):
    paths = sys.argv[-1].split(",")
    works = [partial(answered, task, path, b"data", {}) for path in paths]
    list(in_order(works, 2 if len(paths) > 1 else 1))

check.session_of = reading
sys.argv = ["auditor", "check", "--lang", "en", sys.argv[1]]
sys.exit(cli.main())
"""


def _is_at_work(process: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked about does not."""
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are found in /proc")
@pytest.mark.parametrize("number", [1, 3])
def test_processes_that_read_documents_end(tmp_path: Path, number: int) -> None:
    (tmp_path / "sleeper.py").write_text(_WORKER, encoding="utf-8")
    paths = [tmp_path / f"{each}.began" for each in range(number)]
    names = ",".join(map(str, paths))
    process = _started("-c", _WITH_CHILDREN, names, beside=[str(tmp_path)])
    children = [int(_began(path, process)) for path in paths[:2]]
    assert all(map(_is_at_work, children))
    assert "interrupted" in _interrupted(process)
    until = time.monotonic() + LONG
    while any(map(_is_at_work, children)):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert not any(path.exists() for path in paths[2:])


# SQLite counts for ever, and does not hear of Ctrl-C.
_DEAF = """
import sqlite3, sys
from pathlib import Path
from auditor.cli import main as cli
from auditor.cli.commands import check
from auditor.files.atomic import replacement

def writing(arguments):
    with replacement(sys.argv[-1]) as whole:
        whole.write_text("half")
        Path(sys.argv[-1] + ".began").write_text("began\\n")
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
        sqlite3.connect(":memory:").execute(endless + "SELECT count(*) FROM n").fetchone()

check.session_of = writing
sys.argv = ["auditor", "check", "--lang", "ja", sys.argv[1]]
sys.exit(cli.main())
"""


def test_what_does_not_hear_is_ended_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text("whole", encoding="utf-8")
    process = _started("-c", _DEAF, str(target))
    _began(tmp_path / "report.json.began", process)
    assert "中断しました" in _interrupted(process)
    assert target.read_text(encoding="utf-8") == "whole"
    assert {path.name for path in tmp_path.iterdir()} == {"report.json", "report.json.began"}
