"""What is installed: the import packages with all of their data files, and a start that loads no
data frames.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = [
    ROOT / "auditor",
    ROOT / "rules" / "auditor_rules",
    ROOT / "datasets" / "auditor_datasets",
]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "rules"), str(ROOT / "datasets")]),
}


def shipped(package: Path) -> list[Path]:
    """Every file of a package but compiled ones; `rules/auditor_rules/x` is installed as
    `auditor_rules/x`.
    """
    return [
        path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]


def python(code: str) -> str:
    """What a new process prints: this one has long loaded everything."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_on_a_package_index_has_no_link_into_the_repository(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        _, _, text = archive.read(name).decode().partition("\n\n")
    links = re.findall(r"\]\(([^)]*)\)", text)
    assert [link for link in links if not link.startswith(("http:", "https:", "#"))] == []
    assert "handing round" in text


def test_wheel_holds_every_file_of_the_three_packages(tmp_path: Path) -> None:
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with zipfile.ZipFile(wheel) as archive:
        installed = {name for name in archive.namelist() if ".dist-info/" not in name}
        entry_points = next(
            archive.read(name).decode()
            for name in archive.namelist()
            if name.endswith("entry_points.txt")
        )
    assert installed == {
        path.relative_to(package.parent).as_posix()
        for package in PACKAGES
        for path in shipped(package)
    }
    assert "auditor = auditor.cli.main:main" in entry_points


def test_sdist_holds_every_file_of_the_three_packages(tmp_path: Path) -> None:
    (sdist,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        path.relative_to(ROOT).as_posix() for package in PACKAGES for path in shipped(package)
    } <= packed
    assert {"pyproject.toml", "README.md", "LICENSE"} <= packed


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_packages_are_typed_and_nothing_else_is_importable(package: Path) -> None:
    assert (package / "py.typed").is_file()
    assert (package / "__init__.py").is_file()
    if package.parent != ROOT:
        assert not list(package.parent.glob("*.py")), (
            "rules/ and datasets/ are folders, not packages"
        )


def test_version_is_stated_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert python("import auditor; print(auditor.__version__)").strip() == project["version"]


def test_start_of_the_command_loads_no_data_frames() -> None:
    loaded = python(
        "import sys, auditor.cli.main; print(*{name.partition('.')[0] for name in sys.modules})"
    ).split()
    assert "auditor" in loaded
    assert not {"polars", "pandera", "narwhals", "pandas", "numpy", "hypothesis"} & set(loaded)


def test_public_names_stay_what_they_are_once_submodules_are_imported() -> None:
    # Importing the submodule `auditor.audit` binds that name in the package: it must not replace
    # the function.
    code = """
import importlib, pkgutil, types, auditor
for module in pkgutil.iter_modules(auditor.__path__):
    if not module.name.startswith("__") and module.name not in ("testing", "tables"):
        importlib.import_module(f"auditor.{module.name}")
print(*[name for name in auditor.__all__ if isinstance(getattr(auditor, name), types.ModuleType)])
"""
    assert python(code).split() == []


def test_wheel_holds_nothing_of_the_page() -> None:
    # The page is a release of its own: an installation stays small without it.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    targets = project["tool"]["hatch"]["build"]["targets"]
    assert "desk" not in targets["wheel"]["packages"]
    assert (ROOT / "desk" / "build.py").is_file()
