"""What a start of the command loads: every module that one adds here makes each audit later."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.auditing.documents import audit
from auditor.auditing.session import load
from auditor.readers.documents import read_documents
from auditor.testing import book
from auditor.testing.build import RandomChooser
from auditor_rules.corruptions import corrupt
from tests.documents.text_writer import text_of_sheets

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "rules"), str(ROOT / "datasets")]),
}
FORM = load().forms["kushiro"]

BARE = """
auditor auditor.auditing auditor.auditing.formats auditor.auditing.plugins auditor.cli
auditor.cli.arguments auditor.cli.ending auditor.cli.interrupting auditor.cli.main auditor.cli.output auditor.cli.places auditor.cli.settings
auditor.files auditor.files.atomic auditor.files.names
auditor.records auditor.records.errors auditor.records.excerpts auditor.records.languages auditor.records.reasons auditor.reports auditor.reports.layout auditor.version
auditor.settings auditor.settings.loading
pluggy
"""

TEXT_CHECK = f"""
{BARE}
annotated_types pydantic pydantic_core tabulate typing_extensions typing_inspection wcwidth

auditor.accounts auditor.accounts.columns
auditor.cli.accounts
auditor.cli.baseline auditor.cli.commands auditor.cli.commands.check auditor.cli.delivery
auditor.cli.departments auditor.cli.display
auditor.cli.documents auditor.cli.finding_file auditor.cli.last_year
auditor.cli.marked_copy auditor.cli.outcomes auditor.cli.page_list auditor.cli.publication
auditor.cli.report
auditor.cli.rule_choice auditor.cli.session auditor.cli.waivers

auditor.files.below auditor.shipped auditor_rules

auditor.auditing.book_findings auditor.auditing.causes auditor.auditing.collector
auditor.auditing.departments auditor.auditing.documents auditor.auditing.fitting
auditor.auditing.frames
auditor.auditing.occasion auditor.auditing.options
auditor.auditing.plugin_paths auditor.auditing.report auditor.auditing.session
auditor.auditing.steps
auditor.auditing.wrong_records

auditor.comparison auditor.comparison.how

auditor.files.confined

auditor.comparison auditor.comparison.contents auditor.comparison.differences
auditor.versions auditor.versions.model

auditor.toml auditor.toml.bounds auditor.toml.faults auditor.toml.reading auditor.records.nearest

auditor.forms auditor.forms.bounds auditor.forms.checks auditor.forms.choice auditor.forms.keys
auditor.forms.field_columns auditor.forms.loading auditor.forms.row_checks
auditor.forms.model auditor.forms.pattern_runs auditor.forms.pattern_syntax auditor.forms.patterns
auditor.forms.words

auditor.formula auditor.formula.functions auditor.formula.grammar auditor.formula.judge
auditor.formula.parse
auditor.formula.signatures
auditor.formula.prose auditor.formula.trace auditor.formula.tree auditor.formula.values

auditor.readers auditor.readers.characters auditor.readers.delimited auditor.readers.documents
auditor.readers.evaluations auditor.readers.folders auditor.readers.guarded
auditor.readers.in_child auditor.readers.json auditor.readers.json.reader
auditor.readers.kinds auditor.readers.kpi auditor.readers.kpi.labels auditor.readers.own_files
auditor.readers.kpi.rows auditor.readers.kpi.table auditor.readers.one_document
auditor.readers.remarks
auditor.readers.shifted auditor.readers.source auditor.readers.text auditor.readers.text.anchors
auditor.readers.text.assessment auditor.readers.text.headings auditor.readers.text.page
auditor.readers.text.placement auditor.readers.text.reader auditor.readers.text.table_rows
auditor.readers.wording auditor.readers.years_in_headings

auditor.records.addresses auditor.records.compact auditor.records.decimals auditor.records.extras
auditor.records.fields auditor.records.figures auditor.records.fiscal auditor.records.frozen
auditor.records.model auditor.records.own auditor.records.text auditor.records.unchecked

auditor.reports.acceptance auditor.reports.entries auditor.reports.findings auditor.reports.terminal
auditor.reports.wording

auditor.rules auditor.rules.accounts auditor.rules.additive auditor.rules.beside auditor.rules.causes auditor.rules.findings auditor.rules.kpi auditor.rules.loading
auditor.rules.lookups auditor.rules.of_forms auditor.rules.rows auditor.rules.rule
auditor.rules.ruleset auditor.rules.searchable auditor.rules.sets auditor.rules.units
auditor.auditing.judged_rows auditor.auditing.looked_up auditor.auditing.prose
auditor.files.memory auditor.forms.told auditor.formula.bounds auditor.readers.shown auditor.records.nearest
auditor.records.sentences auditor.records.severities auditor.rules.suspects auditor.rules.verdicts auditor.rules.where_printed

auditor.forms.labels auditor.forms.prose auditor.narrative auditor.records.prose auditor.records.sentences
auditor.reports.sentences auditor.rules.claim_reading auditor.rules.claims auditor.rules.quotes

auditor.settings.model auditor.waivers auditor.waivers.model
"""


def loaded(*words: str) -> set[str]:
    """The modules of the program, and the packages of others, that a command has loaded."""
    code = (
        "import sys; start = set(sys.modules); from auditor.cli.main import main; "
        f"main({list(words)!r}); print(*set(sys.modules) - start)"
    )
    process = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={**ENVIRONMENT, "PYTHONUTF8": "1"},
        cwd=ROOT.anchor,  # where no settings file is found
    )
    names = process.stdout.splitlines()[-1].split()
    # Sheets have prose, and whoever reads it reads all of it.
    names = [name for name in names if not name.startswith("auditor.narrative.")]
    ours = {name for name in names if name.startswith("auditor")}
    others = {name.partition(".")[0] for name in names}
    # The rules in Python are modules without a name of their own.
    others = {name for name in others if not name.startswith("_")}
    return ours | (others - sys.stdlib_module_names - {"auditor", "auditor_rules", "org"})


def text_file(folder: Path, kind: str | None) -> str:
    """A report's text with two sheets, with a fault of a kind."""
    records = book(sheets=8, form=FORM, kpis=0)
    if kind is not None:
        faulty = corrupt(kind, records, FORM, RandomChooser(0))
        assert faulty is not None
        records = faulty.book
    path = folder / "sheets.txt"
    path.write_text(text_of_sheets(records.sheets, FORM), encoding="utf-8")
    return str(path)


def test_a_bare_start_loads_the_arguments_alone() -> None:
    assert loaded("--version") <= set(BARE.split())


def test_the_check_of_a_text_loads_its_reader_and_its_report_alone(tmp_path: Path) -> None:
    modules = loaded("check", text_file(tmp_path, None))
    assert "auditor.readers.text.reader" in modules
    assert modules - set(TEXT_CHECK.split()) == set()


@pytest.mark.parametrize("kind", [None, "direction_turned", "total_changed"])
def test_the_search_is_loaded_where_figures_contradict(kind: str | None, tmp_path: Path) -> None:
    path = text_file(tmp_path, kind)
    books = read_documents([path], forms=load().forms, readers=load().readers).books
    report = audit(books, load().rules, load().forms)
    assert any(finding.severity != "note" for finding in report.findings) == (kind is not None)
    assert any(cause.suspects for cause in report.causes) == (kind is not None)
    modules = loaded("check", path)
    assert ("auditor.suspects.explaining" in modules) == (kind is not None)
    # Words are explained without a search.
    assert ("auditor.suspects.sheets" in modules) == (kind == "total_changed")
