"""Numbers and addresses by their shape: every way of writing one is found, and no figure is one."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from auditor.auditing.session import load
from auditor.forms.model import Form
from auditor.publication.patterns import has_check_digit, matches, shielded
from auditor.records.model import Book
from auditor.testing.strategies import consistent_books
from tests.documents.text_writer import text_of_sheets

FORM = load().forms["kushiro"]
WIDE = str.maketrans(
    "0123456789()+@.:ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    "０１２３４５６７８９（）＋＠．：ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ"
    "ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ",
)
HYPHENS = "-－‐‑–—―−ーｰ"
AREAS = ("03", "06", "011", "052", "0154", "0463", "01267", "04992")


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=count, max_size=count)


@st.composite
def phones(draw: st.DrawFn) -> str:
    """A telephone number in one of the ways in which Japanese offices write them."""
    hyphen = draw(st.sampled_from(HYPHENS))
    kind = draw(st.sampled_from(["landline", "mobile", "free", "abroad", "mobile abroad", "plain"]))
    area = draw(st.sampled_from(AREAS))
    office, line = draw(digits(6 - len(area))), draw(digits(4))
    mobile = draw(st.sampled_from(["090", "080", "070", "050"]))
    match kind:
        case "landline":
            written = draw(
                st.sampled_from(
                    [
                        f"{area}-{office}-{line}",
                        f"({area}){office}-{line}",
                        f"({area}) {office}-{line}",
                        f"{area}({office}){line}",
                    ]
                )
            )
        case "mobile":
            written = f"{mobile}-{draw(digits(4))}-{line}"
        case "free":
            written = (
                draw(st.sampled_from(["0120", "0570"])) + f"-{draw(digits(3))}-{draw(digits(3))}"
            )
        case "abroad":
            written = f"+81-{area[1:]}-{office}-{line}"
        case "mobile abroad":
            written = f"+81 {mobile[1:]} {draw(digits(4))} {line}"
        case _:
            written = f"{mobile}{draw(digits(8))}"
    written = written.replace("-", hyphen)
    return written.translate(WIDE) if draw(st.booleans()) else written


AROUND = st.sampled_from(
    [
        ("", ""),
        ("電話", ""),
        ("担当 山田（", "）"),
        ("TEL：", "、"),
        ("「", "」"),
        ("問合せ先 ", " まで"),
        ("FAX ", "\n"),
    ]
)


@given(phones(), AROUND)
@example("0154-23-5151", ("電話番号は", "です。"))
def test_a_telephone_number_is_found_however_it_is_written(
    number: str, around: tuple[str, str]
) -> None:
    text = around[0] + number + around[1]
    found = [(match.shape, text[match.start : match.end]) for match in matches(text)]
    assert found == [("phone", number)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("電話 23-5151", "23-5151"),
        ("TEL：0154 23 5151", "0154 23 5151"),
        ("連絡先 0312345678", "0312345678"),
    ],
)
def test_behind_a_word_for_it_a_number_is_found_in_more_ways(text: str, number: str) -> None:
    assert [text[match.start : match.end] for match in matches(text)] == [number]
    assert matches(number) == []


@given(
    st.integers(10, 999_999),
    st.sampled_from(["内線{}", "内線：{}", "（内線 {}）", "内線番号　{}", "内線({})"]),
    st.booleans(),
)
def test_an_extension_is_found(number: int, form: str, wide: bool) -> None:
    text = form.format(number)
    text = text.translate(WIDE) if wide else text
    assert [match.shape for match in matches(text)] == ["extension"]


WORDS = st.from_regex(r"[a-z][a-z0-9]{0,11}", fullmatch=True)


@given(
    WORDS,
    st.lists(WORDS, min_size=1, max_size=3),
    st.sampled_from(["jp", "com", "lg.jp"]),
    st.booleans(),
)
def test_a_mail_address_is_found(name: str, hosts: list[str], end: str, wide: bool) -> None:
    address = f"{name}@{'.'.join(hosts)}.{end}"
    text = f"宛先：{address.translate(WIDE) if wide else address}（山田）"
    (match,) = matches(text)
    assert match.shape == "mail"
    assert text[match.start : match.end] == (address.translate(WIDE) if wide else address)


@given(
    digits(7),
    st.sampled_from(
        [
            "普通 {}", "普通預金　{}", "当座預金 口座番号{}", "口座番号：{}", "（普）{}", "普通No.{}",
            "貯蓄 {}", "口座番号（普通）{}",
        ]
    ),
    st.booleans(),
)  # fmt: skip
def test_an_account_number_is_found_and_not_quoted(number: str, form: str, wide: bool) -> None:
    text = form.format(number.translate(WIDE) if wide else number)
    assert [match.shape for match in matches(text)] == ["account"]
    shown = shielded(text)
    assert len(re.findall(r"\d", shown)) == 2
    assert len(shown) == len(text)


@pytest.mark.parametrize(
    "text", ["記号 12340 番号 1234561", "記号：12340－1　番号：123", "00120-1-1234567"]
)
def test_a_postal_account_is_found(text: str) -> None:
    assert [match.shape for match in matches(text)] == ["account"]


@given(
    digits(12), st.sampled_from(["{}{}{}", "{}-{}-{}", "{}－{}－{}", "{}ー{}ー{}"]), st.booleans()
)
def test_a_number_of_twelve_digits_is_found_and_not_quoted(
    number: str, form: str, wide: bool
) -> None:
    groups = number[:4], number[4:8], number[8:]
    assume(not all(group[:2] in ("19", "20", "21") for group in groups))
    text = form.format(*groups)
    assume(not is_moment(text))
    text = f"番号は{text.translate(WIDE) if wide else text}です"
    assert [match.shape for match in matches(text)] == ["twelve"]
    assert re.findall(r"\d", shielded(text)) == re.findall(r"\d", text)[-2:]
    assert matches("x" + text.removeprefix("番号は")) == []


def is_moment(text: str) -> bool:
    try:
        return text[:2] in ("19", "20") and bool(datetime.strptime(text, "%Y%m%d%H%M"))
    except ValueError:
        return False


def test_twelve_digits_parted_by_spaces_need_a_word_for_it() -> None:
    assert [match.shape for match in matches("個人番号 1234 5678 9018")] == ["twelve"]
    assert matches("2021 2022 2023") == []
    assert matches("1234 5678 9018") == []


def test_the_check_digit_of_an_individual_number() -> None:
    # The example in the ministry's own explanation of the digit.
    assert has_check_digit("123456789018")
    assert not has_check_digit("123456789012")


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_one_of_ten_digits_is_the_check_digit(digits: str) -> None:
    assert sum(has_check_digit(digits + last) for last in "0123456789") == 1


# — what is none —


@given(consistent_books(FORM, sheets=(1, 3), kpis=(0, 0)))
def test_the_text_of_a_sheet_has_none(drawn: tuple[Form, Book]) -> None:
    form, book = drawn
    text = text_of_sheets(book.sheets, form)
    assert [text[match.start : match.end] for match in matches(text)] == []


amounts = st.integers(-(10**15), 10**15).map(lambda n: f"{n:,}".replace("-", "△"))
dates = st.dates(date(1926, 12, 25), date(2150, 1, 1)).flatmap(
    lambda day: st.sampled_from(
        [
            f"{day:%Y-%m-%d}", f"{day:%Y/%m/%d}", f"令和{day.year % 100}年{day.month}月{day.day}日",
            f"R{day.year % 100}.{day.month}.{day.day}", f"{day:%Y%m%d}", f"{day.year}年度",
            f"{day.year}-{day.year + 1}-{day.year + 2}", f"{day.year}～{day.year + 4}",
        ]
    )
)  # fmt: skip
postal = st.tuples(digits(3), st.sampled_from(HYPHENS), digits(4)).map(
    lambda t: f"〒{t[0]}{t[1]}{t[2]}"
)
pages = st.integers(1, 999).flatmap(
    lambda n: st.sampled_from([f"P.{n}", f"{n}ページ", f"- {n} -", f"{n}/{n + 5}", f"P{n}-{n + 2}"])
)
projects = st.tuples(st.integers(1, 99), st.integers(1, 99), st.integers(1, 9999)).flatmap(
    lambda t: st.sampled_from(
        [
            f"{t[0]}-{t[1]}-{t[2]}",
            f"{t[0]:02}-{t[1]:02}-{t[2]:04}",
            f"{t[0]:02}{t[1]:02}{t[2]:04}",
            f"事業番号{t[2]}",
            f"第{t[2]}号",
        ]
    )
)
with_units = st.tuples(
    st.integers(0, 10**13), st.sampled_from(["円", "千円", "人", "件", "％"])
).map(lambda t: f"{t[0]}{t[1]}")
decimals = st.tuples(st.integers(0, 10**6), st.integers(0, 10**12)).map(lambda t: f"{t[0]}.{t[1]}")
years = st.lists(st.integers(1990, 2040), min_size=2, max_size=6).map(
    lambda row: " ".join(map(str, row))
)


@given(
    st.lists(
        st.one_of(amounts, dates, postal, pages, projects, with_units, decimals, years),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from([" ", "　", "、", "\n", "\t", "／"]),
    st.booleans(),
)
def test_figures_dates_codes_and_pages_are_none(items: list[str], between: str, wide: bool) -> None:
    text = between.join(items)
    assert matches(text.translate(WIDE) if wide else text) == []


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_any_text_is_looked_through(text: str) -> None:
    last = 0
    for match in matches(text):
        assert last <= match.start < match.end <= len(text)
        last = match.end
    assert len(shielded(text)) == len(text)


@pytest.mark.parametrize(
    "text",
    [
        "0" * 100_000,
        "0154-" * 20_000,
        "普通" * 50_000,
        "a@" * 50_000,
        "a." * 50_000 + "@",
        "(0" * 50_000,
    ],
)
def test_long_texts_take_no_long_time(text: str) -> None:
    assert isinstance(matches(text), list)
