"""What reports show of the accounts: which project is which sheet's, and which has no partner."""

from __future__ import annotations

from typing import Final

from auditor.auditing.report import AccountPair, AccountRows, Accounts
from auditor.records.decimals import number
from auditor.records.text import Text
from auditor.reports.findings import Table
from auditor.reports.last_year import HOW, NOTHING, UNDECIDED, first_names, record_name
from auditor.reports.layout import plain
from auditor.reports.wording import Wording

__all__ = ["ACCOUNTS", "accounts_summary", "accounts_table"]

ACCOUNTS: Final = Text(en="Held against the accounts", ja="財務会計の決算額との照合")

_ALONE: Final = Text(en="not in the accounts", ja="財務会計の一覧にない")
_GONE: Final = Text(en="in the accounts only", ja="財務会計の一覧だけにある")


def accounts_summary(accounts: Accounts, words: Wording) -> str:
    """How many sheets have a project in the accounts, and how many of either have none."""
    say = words.say
    alone = len(accounts.unpaired) + len(accounts.undecided)
    several = sum(len(pair.rows.lines) > 1 for pair in accounts.pairs)
    document = words.document(accounts.document.path)
    pairs = words.count(len(accounts.pairs), "sheet", "件")
    sheets = words.count(alone, "sheet", "件")
    projects = words.count(len(accounts.unpaired_accounts), "project", "件")
    text = say(
        f"{document}: {pairs} held against the accounts; {sheets} not there, and {projects} there "
        "alone",
        f"{document}：照合したシート {pairs}、対応する事業のないシート {sheets}、"
        f"シートのない事業 {projects}",
    )
    if several:
        text += say(
            f" ({words.count(several, 'project', '件')} added up from several rows)",
            f"（うち複数行を合計した事業 {several:,}件）",
        )
    return text + say(".", "。")


def accounts_table(accounts: Accounts, words: Wording) -> Table:
    """The pairs that were not made by name alone or whose rows say more than an amount, and all
    that has no partner or is undecided, a row each; without rows where there are none.
    """
    say = words.say
    heads = [
        say("sheet", "シート"),
        say("accounts", "財務会計の事業"),
        say("settled, yen", "決算額（円）"),
        say("remarks", "備考"),
    ]
    rows: list[list[str]] = []
    for pair in accounts.pairs:
        if remarks := _remarks(pair, words):
            cells = [record_name(pair.record, words), *_cells(pair.rows, words)]
            rows.append([*cells, words.listed(remarks)])
    for item in accounts.undecided:
        names = [_project(candidate, words) for candidate in item.candidates]
        name, candidates = record_name(item.record, words), first_names(names, words)
        rows.append([name, candidates, "", UNDECIDED.of(words.lang)])
    for record in accounts.unpaired:
        rows.append([record_name(record, words), NOTHING, "", _ALONE.of(words.lang)])
    for account in accounts.unpaired_accounts:
        remarks = [_GONE.of(words.lang), *_said(account, words)]
        rows.append([NOTHING, *_cells(account, words), words.listed(remarks)])
    return heads, rows, "llrl"


def _cells(account: AccountRows, words: Wording) -> list[str]:
    total = NOTHING if account.total is None else number(account.total)
    return [_project(account, words), total]


def _project(account: AccountRows, words: Wording) -> str:
    """A project with its departments."""
    departments = first_names([plain(name) for name in account.departments], words)
    return words.listed([part for part in (plain(account.project), departments) if part])


def _remarks(pair: AccountPair, words: Wording) -> list[str]:
    """What has to be known of a pair; nothing of one that was made by name from one plain row."""
    remarks = [] if pair.how == "name" else [HOW[pair.how].of(words.lang)]
    return [*remarks, *_said(pair.rows, words)]


def _said(account: AccountRows, words: Wording) -> list[str]:
    """What the rows of a project say beside its amounts."""
    say = words.say
    remarks: list[str] = []
    if len(account.lines) > 1:
        lines = first_names([str(line) for line in account.lines], words)
        remarks.append(
            say(
                f"sum of {len(account.lines)} rows (lines {lines})",
                f"{len(account.lines)}行の合計（{lines}行目）",
            )
        )
    if len(account.items) > 1:
        items = first_names([plain(item) for item in account.items], words)
        remarks.append(say(f"budget items: {items}", f"複数目：{items}"))
    if account.shared:
        remarks.append(say("of several departments", "共管"))
    if account.carried_over:
        amount = number(account.carried_over)
        remarks.append(say(f"carried over {amount} yen", f"繰越 {amount}円"))
    if account.staff_cost:
        amount = number(account.staff_cost)
        remarks.append(say(f"staff {amount} yen", f"人件費 {amount}円"))
    return remarks
