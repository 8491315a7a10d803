"""The newcomer's map: each kind of change that CONTRIBUTING describes is made in a copy of the
project.

With the whole change the copy's checks pass. With one place of it forgotten, the check that
CONTRIBUTING names for that place fails and says what is missing.

``tests/changes`` holds a small, real change of each kind as a patch. Where one no longer applies,
``git apply --3way tests/changes/KIND.patch`` puts it into the working tree; mend it, store
``git diff --cached -U2`` as the patch, and take it out again.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
PATCHES: Final = ROOT / "tests" / "changes"
COPIED: Final = (
    "auditor",
    "benchmarks",
    "changelog.d",
    "datasets",
    "desk",
    "docs",
    "examples",
    "rules",
    "tests",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.ja.md",
    "README.md",
    "pyproject.toml",
)
MAKE_DOCS: Final = "make docs"
"""The last place of a change that the pages made from the code show."""


@dataclass(frozen=True)
class Place:
    """Where a part of a change is made: a file, of which only the hunks that add ``part`` count
    where it is set, or ``make docs``.

    ``check`` is the test that fails where this place is forgotten, and ``says`` what its output
    then holds. Without a check, the place is the whole change: forgotten, nothing is amiss.
    """

    path: str
    check: str = ""
    says: str = ""
    part: str = ""


@dataclass(frozen=True)
class Change:
    """One kind of change: its places in their order, and what else is checked when it is whole."""

    places: tuple[Place, ...]
    also: tuple[str, ...] = ()


RULES: Final = "tests/rules/test_rules.py"
CORRUPTED: Final = (
    "tests/test_properties.py::test_a_corruption_fires_what_it_declares_in_the_shipped_forms"
)
SHIPPED: Final = "tests/test_shipped.py"
FUNCTIONS: Final = "tests/formula/test_functions.py"
FIELDS: Final = "tests/records/test_fields.py"
LISTS: Final = "test_the_catalogue_lists_what_records_hold"
LABELS: Final = "tests/readers/test_sheet_labels.py"
COMMANDS: Final = "tests/cli/test_commands.py"
DOCS: Final = "tests/test_docs.py"
UP_TO_DATE: Final = f"{DOCS}::test_what_is_made_from_the_code_is_up_to_date"
ROUNDING: Final = "tests/tables/test_rounding_modes.py"
SNAPSHOT: Final = "tests/reports/test_snapshots.py::test_every_shipped_format"

CHANGES: Final[Mapping[str, Change]] = {
    "rule": Change(
        (
            Place(
                "rules/auditor_rules/pop/POP001.toml",
                f"{RULES}::test_every_error_and_warning_is_fired_by_some_corruption",
                "POP001",
            ),
            Place(
                "rules/auditor_rules/__init__.py",
                f"{RULES}::test_every_family_is_named_and_has_rules",
                "POP",
            ),
            Place(
                "rules/auditor_rules/corruptions.py",
                f"{RULES}::test_every_error_and_warning_is_fired_by_some_corruption",
                "POP001",
            ),
            Place(MAKE_DOCS, UP_TO_DATE, "make docs"),
        ),
        also=(
            f"{RULES}::test_a_rule_passes_its_cases[POP001]",
            f"{RULES}::test_a_rule_has_a_case_of_every_outcome_that_it_can_have[POP001]",
            f"{RULES}::test_a_rule_is_complete_in_both_languages[POP001]",
            f"{CORRUPTED}[population_zeroed]",
        ),
    ),
    "form": Change(
        (
            Place("rules/auditor_rules/forms/sakurai.toml"),
            Place(MAKE_DOCS, UP_TO_DATE, "make docs"),
        ),
        also=(
            "tests/test_properties.py::test_a_consistent_book_of_a_shipped_form_has_no_error_and_no_warning",
        ),
    ),
    "reader": Change(
        (
            Place(
                "auditor/readers/kpi/markdown.py",
                f"{SHIPPED}::test_every_reader_is_shipped",
                "auditor.readers.kpi.markdown",
            ),
            Place(
                "auditor/shipped.py",
                f"{SHIPPED}::test_every_reader_is_shipped",
                "MarkdownKpiReader",
            ),
            Place(
                "tests/readers/test_kpi_markdown.py",
                f"{SHIPPED}::test_every_reader_has_tests",
                "MarkdownKpiReader",
            ),
        ),
        also=("tests/readers/test_kpi_markdown.py",),
    ),
    "report-format": Change(
        (
            Place(
                "auditor/reports/lines.py",
                f"{SHIPPED}::test_every_report_format_is_shipped",
                "auditor.reports.lines",
            ),
            Place(
                "auditor/shipped.py",
                f"{SHIPPED}::test_every_report_format_is_shipped",
                "LinesReport",
            ),
            Place("tests/reports/snapshots/en-lines.txt", SNAPSHOT, "en-lines.txt"),
            Place("tests/reports/snapshots/ja-lines.txt", SNAPSHOT, "ja-lines.txt"),
            Place("README.md", f"{DOCS}::test_every_shipped_report_format_is_named", "README.md"),
            Place(
                "README.ja.md", f"{DOCS}::test_every_shipped_report_format_is_named", "README.ja.md"
            ),
            Place(MAKE_DOCS, UP_TO_DATE, "make docs"),
        ),
    ),
    "field": Change(
        (
            Place("auditor/records/model.py", f"{FIELDS}::{LISTS}", "contact"),
            Place("auditor/records/fields.py", f"{FIELDS}::{LISTS}", "contact"),
            Place(
                "auditor/forms/descriptions.toml",
                f"{DOCS}::test_every_heading_of_a_sheet_is_documented",
                "contact",
            ),
            Place(MAKE_DOCS, UP_TO_DATE, "make docs"),
        ),
        also=(
            f"{LABELS}::test_every_text_of_a_sheet_is_found_by_its_label",
            f"{FIELDS}::test_formulas_know_every_named_field[sheet-contact]",
            f"{FIELDS}::test_columns_know_every_named_field[sheet-contact]",
            f"{FIELDS}::test_reports_have_a_label_for_every_field[contact-contact]",
            f"{FIELDS}::test_cases_can_state_every_field[sheet-contact]",
            "tests/records/test_nothing_is_lost.py::test_tables_bring_every_field_back",
            "tests/records/test_nothing_is_lost.py::test_json_brings_every_field_back",
        ),
    ),
    "function": Change(
        (
            Place(
                "auditor/formula/tree.py",
                f"{FUNCTIONS}::test_the_type_and_the_registry_name_the_same_functions",
                "double",
            ),
            Place(
                "auditor/formula/signatures.py",
                f"{FUNCTIONS}::test_the_type_and_the_registry_name_the_same_functions",
                "double",
            ),
            Place(
                "auditor/formula/functions.py",
                f"{FUNCTIONS}::test_the_type_and_the_registry_name_the_same_functions",
                "double",
            ),
            Place(
                "tests/formula/test_functions.py",
                f"{FUNCTIONS}::test_every_function_is_what_it_should_be",
                "double",
            ),
            Place(MAKE_DOCS, UP_TO_DATE, "make docs"),
        ),
        also=(
            f"{FUNCTIONS}::test_every_function_is_judged_and_traced_alike[double]",
            f"{FUNCTIONS}::test_every_function_is_shown_by_the_prose[double]",
            f"{FUNCTIONS}::test_every_function_is_searched_or_says_why_not[double]",
            f"{FUNCTIONS}::test_every_function_has_columns_or_says_why_not[double]",
        ),
    ),
    "rounding-mode": Change(
        (
            Place(
                "auditor/records/figures.py",
                f"{ROUNDING}::test_every_mode_has_its_row",
                "ceiling",
                part="Rounding = ",
            ),
            Place(
                "auditor/records/figures.py",
                f"{ROUNDING}::test_every_mode_has_its_row",
                "ceiling",
                part='"ceiling": Mode(',
            ),
            Place(
                "docs/forms.md",
                f"{DOCS}::test_the_roundings_and_requirements_are_documented",
                "ceiling",
            ),
        ),
        also=(
            # Those tests have a new mode of this name themselves, which comes second.
            f"{ROUNDING}::test_columns_answer_as_the_judge[ceiling0-0-PolarsEngine]",
            f"{ROUNDING}::test_suspects_stand_for_the_same_values[ceiling0]",
            "tests/records/test_figures.py::test_a_figure_stands_for_just_the_values_that_print_as_it",
        ),
    ),
    "option": Change(
        (
            Place(
                "auditor/cli/report.py",
                f"{COMMANDS}::test_a_silent_check_prints_nothing",
                "--silent",
            ),
            Place(
                "tests/cli/test_commands.py",
                f"{COMMANDS}::test_every_option_is_tried_by_a_test",
                "auditor check --silent",
            ),
            Place(MAKE_DOCS, UP_TO_DATE, "make docs"),
        ),
        also=(f"{DOCS}::test_every_command_and_option_is_documented",),
    ),
}
KINDS: Final = tuple(CHANGES)
FORGOTTEN: Final = [
    pytest.param(kind, number, id=f"{kind}-{number + 1}")
    for kind, change in CHANGES.items()
    for number in range(len(change.places))
]


# — patches —


def patch_of(kind: str) -> str:
    return (PATCHES / f"{kind}.patch").read_text(encoding="utf-8")


def files_of(patch: str) -> Iterator[tuple[str, str]]:
    """The path of each file of a patch, and what the patch says of it."""
    for section in re.split(r"^(?=diff --git )", patch, flags=re.MULTILINE):
        if match := re.match(r"diff --git a/(\S+) b/\1\n", section):
            yield match[1], section


def without(patch: str, place: Place) -> str:
    """A patch without one of its places."""
    sections: list[str] = []
    taken = 0
    for path, section in files_of(patch):
        if path != place.path:
            sections.append(section)
            continue
        if not place.part:
            taken += 1
            continue
        head, *hunks = re.split(r"^(?=@@ )", section, flags=re.MULTILINE)
        others = [hunk for hunk in hunks if not adds(hunk, place.part)]
        taken += len(hunks) - len(others)
        sections += [head, *others] if others else []
    assert taken, f"the patch has no such place: {place}"
    return "".join(sections)


def adds(hunk: str, part: str) -> bool:
    return any(line.startswith("+") and part in line for line in hunk.splitlines())


# — copies of the project —


def run(copy: Path, *command: str, text: str = "") -> tuple[int, str]:
    """The exit code and output of a command that runs in a copy and imports the copy's code."""
    ours = ("AUDITOR_", "COV_", "GIT_", "HYPOTHESIS_", "PYTEST_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    # The copy may lie inside a repository, which git must not take for the one to change.
    environment["GIT_CEILING_DIRECTORIES"] = str(copy.parent)
    environment["PYTHONPATH"] = os.pathsep.join(
        str(copy / folder) for folder in (".", "rules", "datasets")
    )
    environment["PYTHONUTF8"] = "1"
    # The tests search as far as they can where they run by themselves.
    environment["HYPOTHESIS_PROFILE"] = "glance"
    result = subprocess.run(
        command,
        cwd=copy,
        env=environment,
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=600,
    )
    return result.returncode, result.stdout + result.stderr


def python(copy: Path, *arguments: str) -> tuple[int, str]:
    return run(copy, sys.executable, "-P", *arguments)


def copied(folder: Path) -> Path:
    """A copy of the project's files in a new folder, with what Python compiled of them; this test,
    which would run itself, is left out.
    """
    copy = folder / "project"
    copy.mkdir()
    half_written = "*.pyc.*"  # by another worker of these tests
    ignored = shutil.ignore_patterns("test_changes.py", "changes", half_written)
    for name in COPIED:
        path = ROOT / name
        if path.is_dir():
            shutil.copytree(path, copy / name, ignore=ignored)
        else:
            shutil.copy2(path, copy / name)
    return copy


def apply(copy: Path, patch: str, kind: str) -> None:
    if shutil.which("git") is None:
        pytest.fail("git is needed to make the changes of tests/changes, and there is none")
    if patch:
        code, output = run(copy, "git", "apply", "-", text=patch)
        assert code == 0, f"tests/changes/{kind}.patch does not apply any more:\n{output}"


def checked(copy: Path, checks: Sequence[str]) -> tuple[int, str]:
    return python(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *dict.fromkeys(checks))


# — the map —


def section_of(kind: str) -> str:
    """What CONTRIBUTING says of a kind of change."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    title = kind.replace("-", " ")
    sections = re.findall(
        rf"^### (?:A|An) {title}\b[^\n]*\n(.*?)(?=^##|\Z)", text, flags=re.MULTILINE | re.DOTALL
    )
    assert len(sections) == 1, f"CONTRIBUTING.md has {len(sections)} sections on a {title}"
    return str(sections[0])


def named_in(section: str) -> list[tuple[str, str]]:
    """The places that a section lists, in order, each with the check of its last sentence, where
    it has one.
    """
    items = re.findall(r"^[0-9]+\. (.*?)(?=^[0-9]+\. |\n\n|\Z)", section + "\n\n", re.M | re.S)
    places: list[tuple[str, str]] = []
    for item in items:
        match = re.match(r"`([^`]+)`", item)
        assert match is not None, f"names no place: {item}"
        check = re.search(r"Forgotten, it fails:\s+`([^`]+)`\.?\s*\Z", item)
        places.append((match[1], check[1] if check else ""))
    return places


def stands_for(name: str, path: str) -> bool:
    """Whether a path is one of those meant by a name such as `rules/FAMILY/CODE.toml`."""
    pattern = re.sub(r"(?<![A-Za-z])[A-Z]{2,}(?![A-Za-z])", "[^/]+", re.escape(name))
    return re.fullmatch(pattern, path) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_the_map_lists_the_places_of_a_change(kind: str) -> None:
    places = CHANGES[kind].places
    named = named_in(section_of(kind))
    assert len(named) == len(places)
    for (name, check), place in zip(named, places, strict=True):
        assert stands_for(name, place.path), (name, place.path)
        assert check == place.check.partition("::")[0]
    files = {place.path for place in places} - {MAKE_DOCS}
    assert {path for path, _ in files_of(patch_of(kind))} == files


def test_every_patch_is_on_the_map() -> None:
    assert {path.stem for path in PATCHES.glob("*.patch")} == set(KINDS)
    assert len(KINDS) == 8


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_change_passes_its_checks(kind: str, tmp_path: Path) -> None:
    change = CHANGES[kind]
    copy = copied(tmp_path)
    apply(copy, patch_of(kind), kind)
    if any(place.path == MAKE_DOCS for place in change.places):
        code, output = python(copy, "docs/make_reference.py")
        assert code == 0, output
    checks = [place.check for place in change.places if place.check]
    code, output = checked(copy, [*checks, *change.also])
    assert code == 0, output


@pytest.mark.parametrize(("kind", "number"), FORGOTTEN)
def test_a_forgotten_place_is_named(kind: str, number: int, tmp_path: Path) -> None:
    change = CHANGES[kind]
    place = change.places[number]
    others = [other.check for other in change.places if other.check]
    checks = [place.check] if place.check else others
    copy = copied(tmp_path)
    patch = patch_of(kind)
    if place.path == MAKE_DOCS:
        apply(copy, patch, kind)
    else:
        apply(copy, without(patch, place), kind)
        # Only the tests of the pages read them.
        if UP_TO_DATE in others and any(check.startswith(DOCS) for check in checks):
            python(copy, "docs/make_reference.py")  # it may say that something is missing
    code, output = checked(copy, checks)
    if not place.check:
        assert code == 0, output
        return
    assert code != 0, f"{place.check} does not notice it:\n{output}"
    assert place.says in output


def test_all_changes_together_are_in_style_and_well_typed(tmp_path: Path) -> None:
    for tool in ("ruff", "mypy"):
        if find_spec(tool) is None:
            pytest.fail(f"{tool} is needed to check the changes, and is not installed")
    copy = copied(tmp_path)
    paths: set[str] = set()
    for kind in KINDS:
        patch = patch_of(kind)
        apply(copy, patch, kind)
        paths |= {path for path, _ in files_of(patch) if path.endswith(".py")}
    if (cache := ROOT / ".mypy_cache").is_dir():
        shutil.copytree(cache, copy / ".mypy_cache")
    for command in (
        ("ruff", "check", "--no-cache", *sorted(paths)),
        ("ruff", "format", "--no-cache", "--check", *sorted(paths)),
        ("mypy", "--cache-dir", ".mypy_cache"),
    ):
        code, output = python(copy, "-m", *command)
        assert code == 0, output
