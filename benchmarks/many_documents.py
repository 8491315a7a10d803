"""Audits a folder of very many one-sheet texts, and says what time and memory that takes."""

from __future__ import annotations

import os
import random
import re
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from auditor.auditing.session import load
from auditor.testing.build import book
from tests.documents.text_writer import text_of_sheets

__all__ = ["HEADER", "PASSAGES", "Cost", "cost_of", "write_documents"]

_SEED: Final = 7
_FAULTY: Final = 10
"""Each of so many documents has a wrong total."""
_TOTAL: Final = re.compile(r"(総額 \(千円\）) ([0-9])")


class Cost(NamedTuple):
    """What an audit of documents with so many passages of prose each took: seconds by the clock and
    of processor time, and the most memory at once in MiB, of the largest of its processes. ``jobs``
    is None for as many as the command takes by itself.
    """

    documents: int
    passages: int
    jobs: int | None
    seconds: float
    processor: float
    memory: float

    def row(self) -> str:
        """A row of a Markdown table."""
        return (
            f"| {self.documents:,} | {self.passages} | {self.jobs or '-'} | {self.seconds:,.1f} | {self.processor:,.1f} "
            f"| {self.memory:,.0f} |"
        )


HEADER: Final = "| documents | passages each | jobs | seconds | processor seconds | MiB of the largest process |\n|---|---|---|---|---|---|"
PASSAGES: Final = (0, 14)
"""Of a sheet of figures alone, and of one whose plan and result fill a page."""


def write_documents(number: int, folder: Path, passages: int) -> None:
    """Write so many texts into a folder, each with a sheet of its own; one with 14 passages of
    prose has about 8 KB.
    """
    plan = passages // 3
    form = load().forms["kushiro"]
    chooser = random.Random(_SEED)
    for at, sheet in enumerate(book(number, seed=_SEED, form=form, kpis=0).sheets):
        texts = {"planned": _prose(chooser, at, plan)}
        texts["achieved"] = _prose(chooser, at, passages - plan)
        named = {"name": f"{sheet.name}第{at}地区", **texts}
        text = text_of_sheets([sheet.model_copy(update=named)], form)
        if at % _FAULTY == 0:
            text = _TOTAL.sub(lambda match: f"{match[1]} {int(match[2]) % 9 + 1}", text, count=1)
        (folder / f"{at:05}.txt").write_text(text, encoding="utf-8")


def _prose(chooser: random.Random, at: int, items: int) -> str:
    lines: list[str] = []
    for item in range(1, items + 1):
        people, staff = chooser.randint(20, 90), chooser.randint(1, 9)
        month, day = chooser.randint(4, 12), chooser.randint(1, 28)
        lines += [
            f"・第{at}地区の{item}回目の説明会を令和６年{month}月{day}日に開催した。",
            f"　参加者は{people}名（うち市職員{staff}名）であり、地域の課題を話し合った。",
            "　終了後のアンケートでは、内容が分かりやすいという声が多く寄せられた。",
        ]
    return "\n".join(lines)


def cost_of(number: int, passages: int, jobs: int | None = None) -> Cost:
    """Audit so many documents by the command, in a process of its own."""
    with TemporaryDirectory() as name:
        write_documents(number, Path(name), passages)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = time.perf_counter()
        words = ["-m", "auditor", "check", "--format", "json", name]
        words += [] if jobs is None else ["--jobs", str(jobs)]
        with Path(os.devnull).open("wb") as nowhere:
            ended = subprocess.run([sys.executable, *words], stdout=nowhere, check=False)
        seconds = time.perf_counter() - began
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode == 2:
        raise SystemExit("not everything was checked")
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(number, passages, jobs, seconds, processor, after.ru_maxrss / 1024)
