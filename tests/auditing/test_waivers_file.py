"""The file of waivers: read whole, or refused with every fault and its line."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.waivers.loading import WaiverError, read_waivers
from auditor.waivers.model import WaiverKind

DOCS = Path(__file__).resolve().parents[2] / "docs"
ENTRY = {
    "rule": '"FND001"',
    "place": '"3f9c2a7d10b4"',
    "values": '"a81e5c0d9f27"',
    "kind": '"端数調整"',
    "reason": '"切捨てで転記しているため"',
    "role": '"財政課予算担当"',
    "date": "2025-08-18",
}
PIECES = st.sampled_from(
    [b"[[waiver]]\n", b"[waiver]\n", b"waiver = ", b"[", b"]", b"{", b"}", b"=", b'"', b"\n", b","]
    + [f"{key} = {value}\n".encode() for key, value in ENTRY.items()]
    + [b"until = 2024-01-01\n", b'rule = "RD001"\n', b"date = 1\n", b'"\\u0000" = 1\n', b"\xff"]
)


def text_of(**changes: str | None) -> str:
    entry = {key: value for key, value in {**ENTRY, **changes}.items() if value is not None}
    return "[[waiver]]\n" + "".join(f"{key} = {value}\n" for key, value in entry.items())


def at(folder: Path, text: str | bytes, name: str = "確認済み.toml") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("waivers")


@pytest.mark.parametrize("page", ["waivers.md", "waivers.ja.md"])
def test_the_example_of_the_docs_can_be_read(page: str, folder: Path) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    match = re.search("<!-- waivers -->\n```toml\n(.*?)```", text, re.DOTALL)
    assert match is not None
    (waiver,) = read_waivers([at(folder, match[1])])
    assert (waiver.file, waiver.line, waiver.until) == ("確認済み.toml", 1, date(2026, 3, 31))
    for kind in get_args(WaiverKind):
        assert f'`"{kind}"`' in text


def test_files_are_read_in_their_order_and_blank_ones_are_none(folder: Path) -> None:
    first = at(folder, text_of() + text_of(values='"000000000000"'), "a.toml")
    second = at(folder, text_of(kind='"その他"'), "b.toml")
    waivers = read_waivers([first, at(folder, "# なし\n", "c.toml"), second])
    assert [(each.file, each.line) for each in waivers] == [
        ("a.toml", 1),
        ("a.toml", 9),
        ("b.toml", 1),
    ]


def test_entries_of_an_inline_array_have_lines_of_their_own(folder: Path) -> None:
    entry = "{" + ", ".join(f"{key} = {value}" for key, value in ENTRY.items()) + "}"
    other = entry.replace(ENTRY["values"], '"000000000000"')
    waivers = read_waivers([at(folder, f"waiver = [\n  {entry},\n\n  {other}]\n", "x.toml")])
    assert [each.line for each in waivers] == [2, 4]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        *((text_of(**{key: None}), 1, f"「{key}」がありません") for key in ENTRY),
        (text_of(rule='"RD003"'), 2, "読み取り漏れ"),
        (text_of(rule='"tbl001"'), 2, "読み取り漏れ"),
        (text_of(place='"3F9C"'), 3, "place"),
        (text_of(values='"x"'), 4, "values"),
        (text_of(kind='"端数調節"'), 5, "「端数調整」のことですか"),
        (text_of(reason='" "'), 6, "空です"),
        (text_of(reason='"""一\n二"""'), 6, "改行"),
        (text_of(role="1"), 7, "文字列"),
        (text_of(date='"2025-08-18"'), 8, "日付"),
        (text_of(until="2025-08-17"), 9, "より前"),
        (text_of(untill="2025-08-19"), 9, "「until」のことですか"),
        (text_of(file='"x"'), 9, "「file」という項目はありません"),
        (text_of(date="2025-08-18T10:00:00"), 8, "日付"),
        ("[waiver]\nrule = 1\n", 1, "[[waiver]]"),
        ("waiver = [1]\n", 1, "[[waiver]]"),
        ("\n[[waivers]]\n", 2, "[[waiver]]"),
        (text_of() + text_of(reason='"別"'), 9, "1行目"),
        (text_of() + "rule\n", 9, "="),
    ],
)
def test_a_fault_names_its_line_and_waives_nothing(
    text: str, line: int, words: str, folder: Path
) -> None:
    path = at(folder, text)
    with pytest.raises(WaiverError) as refused:
        read_waivers([path])
    first, *_, last = refused.value.message.ja.split("\n")
    assert first.startswith(f"{path} {line}行目 ")
    assert words in first
    assert "--no-waivers" in last
    assert re.match(rf".*:{line}:\d+: ", refused.value.message.en)


def test_all_faults_are_listed_at_once(folder: Path) -> None:
    text = text_of(rule='"RD001"', kind='"x"') + text_of(role=None, reason='""')
    with pytest.raises(WaiverError) as refused:
        read_waivers([at(folder, text)])
    assert len(refused.value.faults) == 4


@pytest.mark.parametrize("name", ["", "ない.toml"])
def test_a_file_that_is_none_is_one_line(name: str, folder: Path) -> None:
    with pytest.raises(WaiverError) as refused:
        read_waivers([folder / name])
    assert "\n" not in refused.value.message.ja


@given(st.binary(max_size=300) | st.lists(PIECES, max_size=40).map(b"".join))
@example(b"waiver = [[[]]]")
@example(b"[[waiver]]\n[[waiver.rule]]\n[waiver.date.x]")
@settings(max_examples=300)
def test_any_bytes_are_waivers_or_an_error(folder: Path, content: bytes) -> None:
    try:
        lines = [each.line for each in read_waivers([at(folder, content, "x.toml")])]
    except WaiverError as fault:
        lines = [len(fault.faults)]
    assert all(lines)
