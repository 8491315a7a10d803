"""Exports of the 財務会計システム: what is read of them, and what is refused in one line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from auditor.accounts.columns import USUAL
from auditor.accounts.model import AccountsError, Ledger
from auditor.accounts.reading import ledger_of
from auditor.auditing.session import load
from auditor.readers.source import Source

KUSHIRO = load().forms["kushiro"]


def read(text: str | bytes) -> Ledger:
    data = text.encode() if isinstance(text, str) else text
    return ledger_of(Source("決算額.csv", data), KUSHIRO, USUAL)


def totals(ledger: Ledger) -> list[tuple[str, Decimal | None]]:
    return [(entry.project, entry.amounts.get("total_cost")) for entry in ledger.entries]


def test_titles_units_and_totals_of_pages_are_no_projects() -> None:
    text = """事業別決算額一覧,,,令和7年6月2日
所管課,事業名,決算額（円）,翌年度へ
総務課,庁舎管理事業,"8,030,500",0
総務課,広報事業,△500,
,総務課計,"8,030,000",
所管課,事業名,決算額（円）,翌年度へ
観光課,観光案内事業,"¥1,000円",
〔小計〕,,1000,
,総 合 計,"8,031,000",
"""
    assert totals(read(text)) == [
        ("庁舎管理事業", Decimal(8030500)),
        ("広報事業", Decimal(-500)),
        ("観光案内事業", Decimal(1000)),
    ]


@pytest.mark.parametrize("unit", ["", "（円）", "(単位：円)", "［単位円］"])
def test_a_heading_may_state_yen(unit: str) -> None:
    (entry,) = read(f"事業名,決算額,国道支出金{unit}\n観光事業,1000,400\n").entries
    assert entry.amounts["funding.grants"] == 400


def test_what_the_file_says_besides_is_kept() -> None:
    text = (
        "事業名,所管課,目,決算額,国道支出金,繰越額,人件費,共管\n"
        "観光事業,観光課,商工費,1000,400,50,300,○\n"
    )
    (entry,) = read(text).entries
    assert entry.amounts == {"total_cost": Decimal(1000), "funding.grants": Decimal(400)}
    assert (entry.item, entry.carried_over, entry.staff_cost) == ("商工費", 50, 300)
    assert entry.is_shared
    assert entry.line == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("事業名,決算額（千円）\n観光事業,1\n", "has the heading 決算額（千円）"),
        ("事業名,決算額,国道支出金[単位:千円]\n観光事業,1,1\n", "have to be in yen"),
        ("施策名,金額\n観光事業,1000\n", "no row with the headings 事業名 and 決算額"),
        ("事業名,予算額\n観光事業,1000\n", "has 事業名, 予算額"),
        ("観光事業,1000\n広報事業,2000\n", "no row with the headings"),
        ("事業名,決算額,決算額\n観光事業,1,2\n", "heading 決算額 for two columns"),
        ("事業名,決算額\n観光事業,1000.5\n", "line 2 has a fraction of a yen under 決算額"),
        ("事業名,決算額\n観光事業,千円\n", "line 2 has no amount of yen under 決算額: 千円"),
        ("事業名,決算額\n観光事業,1千円\n", "line 2 has no amount of yen"),
        ("事業名,決算額\n観光事業,8,030,000\n", "line 2 has more cells"),
        ("事業名,決算額\n,1000\n", "line 2 has no project"),
        ('事業名,決算額\n観光事業,"1\n\x1b[31m2"\n', "no amount of yen under 決算額: 1 ?[31m2"),
        ("事業名,決算額\n観光事業,1000\n合計,1001\n", "line 3 has a total of 1,001 yen"),
        ("事業名,決算額\n", "has no row of a project"),
        ("事業名,決算額\n合計,0\n", "has no row of a project"),
        ("", "no row with the headings"),
        (b"%PDF-1.7\n\0\0", "is no CSV file"),
        (b"PK\x03\x04\0\0", "is no CSV file"),
        ("事業名,決算額\n" + "あ" * 200_000 + ",1\n", "line 2 is no CSV"),
    ],
)
def test_a_file_that_can_not_be_used_is_refused_in_one_line(
    text: str | bytes, message: str
) -> None:
    with pytest.raises(AccountsError) as caught:
        read(text)
    assert message in caught.value.message.en
    assert "\n" not in caught.value.message.ja
    assert caught.value.message.ja.endswith("点検していません")
