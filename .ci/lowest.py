"""Installs the lowest versions that pyproject.toml allows, and runs the commands with them.

Everything happens in a folder of its own that is removed in the end.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
EXTRAS: Final = ("testing", "xls", "pdf", "duckdb", "spark")
BOUND: Final = re.compile(r"([\w.-]+)(?:\[[\w,-]+\])?>=([\w.]+)(?:,.*)?")

WORKBOOKS: Final = ROOT / "tests" / "documents" / "workbooks"
PDFS: Final = ROOT / "tests" / "documents" / "pdf"
TABLES: Final = ROOT / "datasets" / "auditor_datasets" / "tables"

# The text of the shipped sheets, as an extractor would print it.
MAKE_TEXT: Final = """
import sys
from pathlib import Path
from auditor.auditing.session import load
from auditor.readers.documents import read_documents
sys.path.insert(0, sys.argv[1])
from tests.documents.text_writer import text_of_sheets
session = load()
(book,) = read_documents([sys.argv[2]], forms=session.forms, readers=session.readers).books
text = text_of_sheets(book.sheets, session.forms[book.form])
Path("sheets.txt").write_text(text, encoding="utf-8")
"""

# The strategies that rule authors use, with the lowest hypothesis.
DRAW: Final = """
from hypothesis import given, settings
from auditor.testing.strategies import forms
@settings(max_examples=5, deadline=None, database=None)
@given(forms())
def draw(form):
    assert form.fields
draw()
"""

# A rule that no sheet holds to: the committed PDFs have no fault that a copy could mark.
STRICT: Final = """
code = "TRY001"
name = "no-cost-at-all"
severity = "error"
each = "year"
formula = "total_cost == 0"
since = "0.1"
[title]
en = "The total cost is not 0"
ja = "事業費総額が0ではありません"
[why]
en = "For trying."
ja = "試験のためです。"
[action]
en = "None."
ja = "対応は不要です。"
[[cases]]
form = "hamabe"
total_cost = 1
outcome = "fail"
"""


def lowest() -> list[str]:
    """``name==version`` for every package that pyproject.toml bounds from below."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = [project["dependencies"], *(project["optional-dependencies"][e] for e in EXTRAS)]
    pins: dict[str, str] = {}
    for requirement in (requirement for part in lists for requirement in part):
        match = BOUND.fullmatch(requirement)
        if match is None:
            sys.exit(f"pyproject.toml: {requirement!r} says no lowest version (name>=version)")
        name, version = match.groups()
        if pins.setdefault(name, version) != version:
            sys.exit(f"pyproject.toml: {name} has two lowest versions, {pins[name]} and {version}")
    return [f"{name}=={version}" for name, version in pins.items()]


def run(program: Path, folder: Path, arguments: list[str], code: int) -> bool:
    """Whether a command ends with the exit code that is expected; what it printed if not."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [program, *arguments],
        cwd=folder,
        env={**environment, "AUDITOR_TRACEBACK": "1", "PYTHONWARNINGS": "default"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    words = " ".join(word.removeprefix(f"{ROOT}/") for word in arguments if "\n" not in word)
    if done.returncode == code:
        print(f"   {program.name} {words}")
        return True
    print(f"{program.name} {words}: exit code {done.returncode}, expected {code}", file=sys.stderr)
    print(*(done.stdout + done.stderr).splitlines()[-25:], sep="\n", file=sys.stderr)
    return False


def commands() -> list[tuple[list[str], int]]:
    """Commands and their exit codes: 1 for a document with faults."""
    engines = ["polars", "duckdb"]
    if os.environ.get("AUDITOR_REQUIRE_SPARK") == "1" or shutil.which("java"):
        engines.append("spark")
    return [
        (["demo"], 0),
        (["check", "sheets.txt"], 0),
        (["check", str(WORKBOOKS / "kushiro-clean.xlsx")], 0),
        (["check", str(WORKBOOKS / "kushiro-clean.xls")], 0),
        (["check", str(PDFS / "kushiro-solid.pdf")], 0),
        (["check", str(WORKBOOKS / "kushiro-faulty.xlsx"), "--mark", "copy.xlsx"], 1),
        (
            [
                "check",
                str(PDFS / "hamabe-plain.pdf"),
                "--plugin",
                "strict.toml",
                "--mark",
                "copy.pdf",
            ],
            1,
        ),
        (["check", str(WORKBOOKS / "kushiro-faulty.xlsx"), "--deliver", "delivered"], 1),
        (["check", "sheets.txt", "--before-publication", "--format", "html"], 0),
        (["check", str(TABLES / "csv" / "kushiro-r6")], 0),
        *(
            (["check", str(TABLES / "parquet" / name), "--engine", engine], 0)
            for engine in engines
            for name in ("kushiro-r6", "kushiro-r5-kpi")
        ),
        (["check", str(TABLES / "csv" / "kushiro-r6"), "--findings", "findings.parquet"], 0),
        (["totals", str(TABLES / "csv" / "kushiro-r6")], 0),
        (["rules", "--columns"], 0),
        (["explain", "FND001"], 0),
        (["test-rules", str(ROOT / "examples" / "sheet-auditor-hoshimi")], 0),
    ]


def main() -> int:
    """1 where a command did not do what it should."""
    pins = lowest()
    print("  ", *pins)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "venv", with_pip=True)
        programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        package = f"sheet-auditor[{','.join(EXTRAS)}] @ {ROOT.as_uri()}"
        pip = [programs / "python", "-m", "pip", "install", "-qq", package, *pins]
        if subprocess.run(pip, check=False).returncode:
            return 1

        (folder / "strict.toml").write_text(STRICT, encoding="utf-8")
        source = str(WORKBOOKS / "kushiro-clean.xlsx")
        results = [
            run(programs / "python", folder, ["-c", MAKE_TEXT, str(ROOT), source], 0),
            run(programs / "python", folder, ["-c", DRAW], 0),
        ]
        for arguments, code in commands():
            results.append(run(programs / "auditor", folder, arguments, code))
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
