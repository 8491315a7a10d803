"""What the page's services import is in the page, and what only tables need is not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.build import DESK, ROOT
from desk.building.imports import missing, modules_of, reach
from desk.building.parts import absent, parts, unused

TOPS = (ROOT / "auditor", ROOT / "rules" / "auditor_rules", ROOT / "datasets" / "auditor_datasets")
GLUE = DESK / "page" / "boot" / "worker" / "desk_worker.py"


@pytest.fixture(scope="module")
def sources() -> dict[str, bytes]:
    files = {
        file.relative_to(top.parent).as_posix(): file.read_bytes()
        for top in TOPS
        for file in top.rglob("*.py")
    }
    files[GLUE.name] = GLUE.read_bytes()
    return {module: files[name] for module, name in modules_of(files).items()}


def test_the_page_has_every_package_of_the_document_path(sources: dict[str, bytes]) -> None:
    listing = DESK / "parts.toml"
    shipped = {package for part in parts(listing) for package in part.imports}
    assert missing(reach(sources), shipped, absent(listing), unused(listing).library) == []


def test_a_new_package_is_refused_with_a_sentence(sources: dict[str, bytes]) -> None:
    changed = {**sources, "auditor.readers": b"def read():\n    import lxml.etree\n"}
    (sentence,) = missing(reach(changed), {"pydantic"}, set(reach(sources).packages), ())
    assert "auditor.readers imports lxml" in sentence
    assert "parts.toml" in sentence


def test_commands_and_tests_stay_out(sources: dict[str, bytes]) -> None:
    modules = reach(sources).modules
    assert "auditor.readers.documents" in modules
    assert not [name for name in modules if name.startswith("auditor.cli")]


@given(st.sets(st.sampled_from(["json", "lxml", "polars", "jinja2", "tkinter"])))
def test_every_way_to_import_is_seen(names: set[str]) -> None:
    ways = ["import {0}", "from {0} import x", "import_module('{0}')", "find_spec('{0}.y')"]
    lines = [ways[number % 4].format(name) for number, name in enumerate(sorted(names))]
    text = "def f():\n    pass\n" + "".join(f"    {line}\n" for line in lines)
    assert set(reach({"desk_worker": text.encode()}).packages) == names


def test_what_only_type_checkers_import_does_not_count() -> None:
    text = b"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import lxml\n"
    assert set(reach({"desk_worker": text}).packages) == {"typing"}


def test_parts_are_pinned_and_named_once() -> None:
    listing = parts(DESK / "parts.toml")
    assert len({part.name for part in listing}) == len(listing)
    assert all(len(part.sha256) == 64 and part.version in part.file for part in listing)
    assert not {package for part in listing for package in part.imports} & sys.stdlib_module_names
    assert all(Path(part.file).name == part.file for part in listing)
