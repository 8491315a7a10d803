"""Which tests run in the page's Python is told by what they import."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk.python314.choosing import PLACES, chosen

INSTALLED = {"pytest", "hypothesis", "pydantic"}
RUNS = "import re\nimport pytest\nfrom auditor.records.figures import Figure\n"


def reason(tmp_path: Path, text: str, **others: str) -> str:
    """Why a test module with this text is left out; ``others`` are modules beside it."""
    folder = tmp_path / "tests" / "records"
    folder.mkdir(parents=True)
    for name, content in {"test_it": text, **others}.items():
        (folder / f"{name}.py").write_text(content, encoding="utf-8")
    (why,) = chosen(tmp_path / "tests", INSTALLED, ["records"]).values()
    return why


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", ""),
        ("import polars as pl", "needs polars"),
        ("from numpy.linalg import norm", "needs numpy"),
        ("numpy = pytest.importorskip('numpy')", "needs numpy"),
        ("import subprocess", "starts child processes"),
        ("from auditor import cli", "runs the command, which the page does not have"),
        ("from auditor.tables.keys import Key", "makes tables, which the page does not read"),
        ("from tests.records.made import make", "needs numpy"),
        ("import made", "needs numpy"),
        ("def test_it():\n    import numpy", ""),
        ("if TYPE_CHECKING:\n    import numpy", ""),
        ("class Here:\n    import numpy", "needs numpy"),
    ],
)
def test_a_module_runs_if_all_that_it_imports_is_there(tmp_path: Path, line: str, why: str) -> None:
    assert reason(tmp_path, f"{RUNS}{line}\n", made="import numpy\n") == why


def test_what_a_folder_shares_counts_for_its_modules(tmp_path: Path) -> None:
    assert reason(tmp_path, RUNS, conftest="import threading\n") == "starts threads"


def test_most_of_the_path_of_documents_runs() -> None:
    tests = Path(__file__).parents[1]
    installed = INSTALLED | {"openpyxl", "pypdfium2", "pypdf", "jinja2", "xlsxwriter"}
    modules = chosen(tests, installed)
    running = {name.partition("/")[0] for name, why in modules.items() if not why}
    assert running == {place.partition("/")[0] for place in PLACES}
    for name in ("records/test_figures.py", "formula/test_judge.py", "desk/test_work.py"):
        assert modules.get(name) == "", name
