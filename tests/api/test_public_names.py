"""What is public is what completion, ``help`` and a fresh process show."""

from __future__ import annotations

import os
import pydoc
import re
import subprocess
import sys
from pathlib import Path

import pytest

import auditor
from auditor.records.figures import Figure

ROOT = Path(__file__).resolve().parents[2]
SUBMODULES = ("engines", "forms", "readers", "records", "reports", "rules", "tables", "testing")
WITH_NAMES = ("engines", "records", "tables", "testing")


def fresh(code: str) -> str:
    """What a new process prints."""
    path = os.pathsep.join(str(ROOT / part) for part in ("", "rules", "datasets"))
    process = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
    )
    return process.stdout


def test_completion_shows_what_is_public_alone() -> None:
    assert dir(auditor) == sorted([*auditor.__all__, *SUBMODULES])
    assert not {"annotations", "Path", "TYPE_CHECKING", "Any", "nullcontext"} & set(dir(auditor))


def test_help_shows_every_public_name() -> None:
    text = pydoc.plain(pydoc.render_doc(auditor))
    for name in set(auditor.__all__) - {"__version__"}:
        assert re.search(rf"\b{name}\b", text), name
    content = text.partition("PACKAGE CONTENTS")[2].partition("SUBMODULES")[2]
    assert "TYPE_CHECKING" not in content
    assert "nullcontext" not in content


@pytest.mark.parametrize("module", WITH_NAMES)
def test_names_of_submodules_are_reached_in_a_fresh_process(module: str) -> None:
    code = (
        f"import auditor; module = auditor.{module}; "
        f"names = [name for name in dir(module) if name != 'strategies']; "
        "print(sorted(module.__all__) == sorted(names), "
        "all(getattr(module, name) is not None for name in names))"
    )
    assert fresh(code).split() == ["True", "True"]


def test_all_submodules_are_reached_in_a_fresh_process() -> None:
    code = "import auditor\nfor name in dir(auditor): getattr(auditor, name)\nprint('all')"
    assert fresh(code).split() == ["all"]


def test_the_strategies_are_reached_in_a_fresh_process() -> None:
    assert fresh("import auditor; print(auditor.testing.strategies.__name__)").split() == [
        "auditor.testing.strategies"
    ]


@pytest.mark.parametrize(
    "code", ["auditor.adit", "auditor.records.Shet", "auditor.engines.Duck", "auditor.testing.x"]
)
def test_another_name_is_no_attribute(code: str) -> None:
    with pytest.raises(AttributeError):
        eval(code, {"auditor": auditor})


def test_an_import_loads_neither_records_nor_frames() -> None:
    code = "import sys, auditor; dir(auditor); print(*[m for m in sys.modules if m in {'pydantic', 'polars', 'hypothesis'}])"
    assert fresh(code).split() == []


def test_completion_of_a_record_shows_its_fields_and_what_is_ours() -> None:
    figure = Figure(printed="8,030")
    assert set(type(figure).model_fields) <= set(dir(figure))
    assert "shown" in dir(figure)
    assert not [name for name in dir(figure) if name.startswith(("model_", "_", "parse_", "copy"))]
    assert figure.model_copy(update={"unit": "円"}).unit == "円"
