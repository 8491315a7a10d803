"""Telephone numbers, mail addresses, account numbers and numbers of 12 digits, by their shape.

Widths and kinds of hyphens make no difference. A shape is all that is looked at: nothing is looked
up, and figures, years, dates and postal codes have none of these shapes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, Literal, NamedTuple

from auditor.readers.characters import WIDTHS

__all__ = ["Match", "Shape", "has_check_digit", "matches", "may_match", "shielded"]

Shape = Literal["phone", "extension", "mail", "account", "twelve"]


class Match(NamedTuple):
    """A part of a text, from ``start`` to ``end``, that has a shape."""

    shape: Shape
    start: int
    end: int


_HYPHENS: Final = dict.fromkeys(map(ord, "‐‑‒–—―−ー－ｰ﹣~〜～"), "-")
_BRACKETS: Final = dict.fromkeys(map(ord, "〔［【"), "(") | dict.fromkeys(map(ord, "〕］】"), ")")

# Neither digits nor what joins digits to others, as in 1,234 or 12-34 or AB12, stand around.
_BEFORE: Final = r"(?<![0-9A-Za-z第])(?<![0-9][-,./:])(?<![A-Za-z]-)"
_BEHIND: Final = r"(?![0-9A-Za-z号])(?![-,./:][0-9])"
_NO_AMOUNT: Final = r"(?!\s?(?:円|千円|万円|百万円|億円|人|件|%|トン|㎡|台|戸))"
_LABEL: Final = r"(?:電話番号|電話|携帯|TEL|Tel|tel|FAX|Fax|fax|ファクス|ファックス|℡|☎|連絡先)"
_COLON: Final = r"\s{0,3}[-:;.)]?\s{0,3}"

_PHONE: Final = re.compile(
    rf"{_BEFORE}(?P<code>0[0-9]{{1,4}})-(?P<office>[0-9]{{1,4}})-(?P<line>[0-9]{{3,4}}){_BEHIND}"
    rf"|{_BEFORE}\((?P<code_b>0[0-9]{{1,4}})\)\s?-?(?P<office_b>[0-9]{{1,4}})-(?P<line_b>[0-9]{{4}})"
    rf"{_BEHIND}"
    rf"|{_BEFORE}(?P<code_c>0[0-9]{{1,4}})\s?\((?P<office_c>[0-9]{{1,4}})\)\s?-?"
    rf"(?P<line_c>[0-9]{{4}}){_BEHIND}"
)
_MOBILE: Final = re.compile(rf"{_BEFORE}0[5789]0[0-9]{{8}}{_BEHIND}")
_ABROAD: Final = re.compile(
    r"(?<![0-9A-Za-z])\+81[- ]?"
    rf"(?P<rest>\(?0?\)?[0-9]{{1,4}}[- ]?\(?[0-9]{{1,4}}\)?[- ]?[0-9]{{3,4}}){_BEHIND}"
)
_LABELLED: Final = re.compile(
    rf"{_LABEL}{_COLON}(?P<number>\(?[0-9][-0-9() ]{{4,16}}[0-9])(?![0-9A-Za-z])(?![,./][0-9])"
    rf"{_NO_AMOUNT}"
)
_EXTENSION: Final = re.compile(
    rf"内線(?:番号)?{_COLON}\(?[0-9]{{2,6}}(?![0-9])(?![,.][0-9]){_NO_AMOUNT}"
)
_MAIL: Final = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9-]{1,63}\.){1,8}"
    r"[A-Za-z]{2,24}(?![A-Za-z0-9-])"
)
_ACCOUNT: Final = re.compile(
    rf"(?:(?:普通|当座|貯蓄)(?:預金|口座|貯金)?|\((?:普|当|貯)\))\s?(?:No\.?|番号|口座番号)?{_COLON}"
    rf"[0-9]{{7}}(?![0-9])(?![-,.][0-9]){_NO_AMOUNT}"
    rf"|口座(?:番号|No\.?|NO\.?){_COLON}\(?(?:普通|当座|貯蓄)?\)?\s?[0-9]{{4,8}}(?:-[0-9]{{1,8}}){{0,2}}"
    rf"(?![0-9])(?![,.][0-9]){_NO_AMOUNT}"
    rf"|記号{_COLON}[01][0-9]{{4}}(?:-[0-9])?\s?[-、,]?\s?番号{_COLON}[0-9]{{2,8}}(?![0-9])"
    rf"|{_BEFORE}0[0-2][0-9]{{3}}-[0-9]-[0-9]{{5,7}}{_BEHIND}"
)
_TWELVE: Final = re.compile(
    rf"{_BEFORE}(?:[0-9]{{12}}|[0-9]{{4}}-[0-9]{{4}}-[0-9]{{4}}){_BEHIND}{_NO_AMOUNT}"
    rf"|(?:個人番号|マイナンバー){_COLON}"
    rf"(?P<spaced>[0-9]{{4}} [0-9]{{4}} [0-9]{{4}})(?![ ]?[0-9])"
)
_SIGN: Final = re.compile(r"[\d@＠]")
_MOMENT: Final = re.compile(
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])[0-5][0-9]"
)
_YEARS: Final = re.compile(r"(?:19|20|21)[0-9]{2}(?:-(?:19|20|21)[0-9]{2}){1,2}")
# Of ten digits, an area code and what is behind it have five and five: the code says how many.
_AREA: Final = re.compile(r"0[346]|0[1-9][1-9][0-9]{0,2}")
_FREE: Final = re.compile(r"0120|0170|0180|0570|0990")
_WIDE: Final = re.compile(r"0[25789]0|0800|0910")


def may_match(text: str) -> bool:
    """Whether a part of a text may have a shape: most texts have none, which is cheap to see."""
    return _SIGN.search(text) is not None


def matches(text: str) -> list[Match]:
    """The parts of a text that have a shape, in their order; none lies over another."""
    if not may_match(text):
        return []
    plain = text.translate(WIDTHS).translate(_HYPHENS).translate(_BRACKETS)
    taken = bytearray(len(plain))
    shapes: list[Match] = []
    for search in _SEARCHES:
        for match in search(plain):
            if not any(taken[match.start : match.end]):
                taken[match.start : match.end] = b"\1" * (match.end - match.start)
                shapes.append(match)
    return sorted(shapes, key=lambda match: match.start)


def shielded(text: str) -> str:
    """The text without the digits of account numbers and of numbers of 12 digits, but for their
    last two: a report is handed round, too.
    """
    for match in reversed(matches(text)):
        if match.shape in ("account", "twelve"):
            text = text[: match.start] + _covered(text[match.start : match.end]) + text[match.end :]
    return text


def _covered(number: str) -> str:
    places = [place for place, sign in enumerate(number) if sign.isdecimal()]
    hidden = set(places[:-2])
    return "".join("*" if place in hidden else sign for place, sign in enumerate(number))


def _mails(text: str) -> Iterator[Match]:
    for match in _MAIL.finditer(text):
        yield Match("mail", *match.span())


def _accounts(text: str) -> Iterator[Match]:
    for match in _ACCOUNT.finditer(text):
        yield Match("account", *match.span())


def _phones(text: str) -> Iterator[Match]:
    for match in _PHONE.finditer(text):
        code, office, line = filter(None, match.groups())
        if _is_dialled(code, office, line):
            yield Match("phone", *match.span())
    for match in _MOBILE.finditer(text):
        yield Match("phone", *match.span())
    for match in _ABROAD.finditer(text):
        digits = "".join(filter(str.isdecimal, match["rest"])).removeprefix("0")
        if len(digits) in (9, 10):
            yield Match("phone", *match.span())
    for match in _LABELLED.finditer(text):
        digits = "".join(filter(str.isdecimal, match["number"]))
        if _is_labelled(match["number"], digits):
            yield Match("phone", *match.span("number"))


def _is_dialled(code: str, office: str, line: str) -> bool:
    """Whether three groups of digits are those of a telephone number."""
    digits = len(code) + len(office) + len(line)
    if _FREE.fullmatch(code):
        return digits == 10
    if _WIDE.fullmatch(code):
        return digits == 11 and len(line) >= 3
    return digits == 10 and len(line) == 4 and _AREA.fullmatch(code) is not None


def _is_labelled(number: str, digits: str) -> bool:
    """Whether digits behind a word such as 電話 are a number with its area code, or the local part
    of one.
    """
    if digits.startswith("0"):
        return len(digits) in (10, 11) and digits[1:2] != "0"
    return bool(re.fullmatch(r"[0-9]{2,4}-[0-9]{4}", number)) and not _YEARS.fullmatch(number)


def _extensions(text: str) -> Iterator[Match]:
    for match in _EXTENSION.finditer(text):
        yield Match("extension", *match.span())


def _twelves(text: str) -> Iterator[Match]:
    for match in _TWELVE.finditer(text):
        span = match.span("spaced") if match["spaced"] else match.span()
        number = text[slice(*span)]
        digits = "".join(filter(str.isdecimal, number))
        is_moment = _MOMENT.fullmatch(number) is not None and not has_check_digit(digits)
        if not is_moment and not _YEARS.fullmatch(number):
            yield Match("twelve", *span)


def has_check_digit(digits: str) -> bool:
    """Whether the last of 12 digits is the check digit of the others, as in a マイナンバー."""
    weights = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    rest = sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False)) % 11
    return len(digits) == 12 and int(digits[-1]) == (0 if rest <= 1 else 11 - rest)


_SEARCHES: Final[tuple[Callable[[str], Iterator[Match]], ...]] = (
    _mails,
    _accounts,
    _phones,
    _extensions,
    _twelves,
)
"""Where two shapes lie over each other, the first one counts."""
