"""Books with their accounts: where a sheet was made from the accounts, nothing is found between
them; what the accounts say otherwise fires exactly the rules that it declares.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from auditor.accounts.columns import USUAL, AccountColumns
from auditor.accounts.reading import ledger_of
from auditor.auditing.documents import audit
from auditor.auditing.options import AuditOptions
from auditor.auditing.report import Accounts, Report
from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.readers.source import Source
from auditor.testing import WithAccounts, accounts_csv, with_accounts
from auditor.testing.build import RandomChooser
from auditor.testing.strategies import DrawnChooser, books_with_accounts
from auditor_rules.corruptions_of_accounts import CORRUPTIONS_OF_ACCOUNTS, corrupt_accounts

SESSION = load()
SHIPPED = sorted(SESSION.forms)
slow = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def audited(made: WithAccounts, form: Form) -> Report:
    options = AuditOptions(accounts=made.ledger)
    return audit(made.book, SESSION.rules, {form.name: form}, options)


def against(report: Report) -> set[tuple[str, str]]:
    """The rules of the family ACC that fired, and on which project."""
    return {
        (finding.rule, finding.sheet.name)
        for finding in report.findings
        if finding.rule.startswith("ACC") and finding.sheet
    }


def section(report: Report) -> Accounts:
    assert report.accounts is not None
    return report.accounts


@slow
@given(books_with_accounts())
def test_a_book_and_its_accounts_agree(made: tuple[Form, WithAccounts]) -> None:
    form, pair = made
    report = audited(pair, form)
    assert against(report) == set()
    held = section(report)
    assert {found.how for found in held.pairs} == {"name"}
    assert not held.unpaired_accounts
    assert not held.undecided
    projects = {entry.project for entry in pair.ledger.entries}
    assert {found.rows.project for found in held.pairs} == projects


@slow
@given(books_with_accounts(), st.sampled_from(sorted(CORRUPTIONS_OF_ACCOUNTS)), st.data())
def test_a_corruption_fires_exactly_its_own(
    made: tuple[Form, WithAccounts], kind: str, data: DataObject
) -> None:
    form, pair = made
    corruption = corrupt_accounts(kind, pair, form, DrawnChooser(data.draw))
    assume(corruption is not None)
    assert corruption is not None
    event(kind)
    report = audited(corruption.made, form)
    assert against(report) == {(code, corruption.project) for code in corruption.codes}
    alone = [record.sheet.name for record in section(report).unpaired if record.sheet]
    assert (corruption.alone in alone) == (corruption.alone is not None)


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("kind", sorted(CORRUPTIONS_OF_ACCOUNTS))
def test_corruptions_of_shipped_forms(name: str, kind: str) -> None:
    form = SESSION.forms[name]
    for seed in range(4):
        made = with_accounts(12, seed, form)
        corruption = corrupt_accounts(kind, made, form, RandomChooser(seed))
        if corruption is not None:
            report = audited(corruption.made, form)
            assert against(report) == {(code, corruption.project) for code in corruption.codes}


@given(
    books_with_accounts(SESSION.forms["kushiro"]),
    st.sampled_from(["utf-8", "utf-8-sig", "cp932"]),
    st.sampled_from([",", "\t", ";"]),
    st.booleans(),
)
def test_a_file_is_read_back(
    made: tuple[Form, WithAccounts], encoding: str, delimiter: str, with_total: bool
) -> None:
    form, pair = made
    text = accounts_csv(pair.ledger, form, delimiter=delimiter, with_total=with_total)
    ledger = ledger_of(Source("accounts.csv", text.encode(encoding)), form, USUAL)
    assert ledger.fields == pair.ledger.fields
    assert ledger.entries == pair.ledger.entries


def test_headings_may_be_the_office_s_own() -> None:
    form = SESSION.forms["kushiro"]
    made = with_accounts(5, 1, form)
    columns = AccountColumns(
        project="細事業名", total="支出済額", department="課", sources={"grants": "国・道"}
    )
    text = accounts_csv(made.ledger, form, columns)
    assert ledger_of(Source("a.csv", text.encode()), form, columns).entries == made.ledger.entries
