"""Kinds of cases that are files of authors and offices: rules, forms, formulas, settings, waivers,
reply forms, and what an earlier round, last year or the accounts left.

They come with a book in which one figure is wrong, so that there is something to find.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

from auditor.auditing.session import load
from auditor.cli.main import main
from auditor.testing.accounts import accounts_csv, with_accounts
from auditor.testing.build import Details, book
from auditor.testing.years import years
from tests.documents.text_writer import text_of_sheets
from tests.documents.workbook_writer import Layout, workbook_bytes, worksheets_of
from tests.fuzzing.documents import checked
from tests.fuzzing.model import Case, Kind
from tests.fuzzing.texts import damaged_bytes, damaged_text, damaged_word

__all__ = ["FILES", "book_text", "hashed", "left", "settings_text", "waivers_text"]

_RULES: Final = Path(__file__).parents[2] / "rules" / "auditor_rules"
_BOOK: Final = "book.txt"


@cache
def book_text() -> bytes:
    """A book of two sheets with a figure that contradicts others."""
    form = load().forms["kushiro"]
    made = book(sheets=2, seed=21, form=form, details=Details(narrative=True))
    lines = text_of_sheets(made.sheets, form).splitlines(keepends=True)
    at = next(at for at, line in enumerate(lines) if line.startswith("事業費 総額"))
    lines[at] = re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 1) % 10), lines[at])
    return "".join(lines).encode()


@dataclass(frozen=True)
class _File:
    """A file that is damaged, with the others of its case and the words that use it. NAME in the
    words is its name.
    """

    data: bytes
    name: str
    words: tuple[str, ...]
    others: Mapping[str, bytes]
    is_text: bool = True


def hashed(name: str, data: bytes) -> str:
    """The name of a plugin's file: a process keeps what it loaded by its name."""
    stem, _, suffix = name.rpartition(".")
    return f"{stem}_{hashlib.sha256(data).hexdigest()[:12]}.{suffix}"


def _case(material: _File, *, foreign: bool = False) -> Case:
    name = material.name
    if "--plugin" in material.words or name.startswith("rule"):
        name = hashed(name, material.data)
    words = [word.replace("NAME", name) for word in material.words]
    return Case({**material.others, name: material.data}, words, foreign=foreign)


# --- TOML -----------------------------------------------------------------------------------------

_VALUES: Final = (
    '""', "0", "-1", "1.5", "true", "[]", "{}", '"x"', "[[]]", '["a", 1]', "1e400", "inf", "nan",
    "2025-02-30", "2025-08-18", "12:00:00", '"' + "あ" * 300 + '"', "0x10", "'''a\nb'''", '"\\u0000"',
    "99999999999999999999999", '"1/0"', '"total_cost"', '{ en = "a" }', '{ ja = "あ", en = "a" }',
)  # fmt: skip
_FORMULAS: Final = (
    "total_cost", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ",",
    "and", "or", "not", "in", "sum(funding)", "param('x')", "group('amounts')", "prior.", "next.",
    "evaluated.", "zero(", "present(", "blank(", "abs(", "min(", "max(", "count(", "unique(", "0",
    "1e999", "1e9999999", "0.1", "10**9", "'text'", "sheet.population", "agreed(", "lambda: 0",
    "__import__('os')", "f'{x}'", "x.y.z", "None", "…", "（", "≠", "1/0", "if", "else", "&", "%",
)  # fmt: skip
_KEY: Final = re.compile(r"(?m)^([^\s=#\[]+) *= *(.+)$")
_HEAD: Final = re.compile(r"(?m)^(\[+)([^\]\n]+)(\]+)")
_FORMULA: Final = re.compile(r'(?m)^(formula|when|passes|shows) *= *"([^"\n]*)"')


def _damage_toml(random: Random, text: str) -> str:
    """TOML with a value, a key, a heading or a formula changed, or with lines damaged."""
    choice = random.randrange(8)
    pattern = (_KEY, _KEY, _KEY, _HEAD, _FORMULA, _FORMULA, _FORMULA, None)[choice]
    runs = list(pattern.finditer(text)) if pattern is not None else []
    if not runs:
        return damaged_text(random, text)
    run = random.choice(runs)
    if pattern is _FORMULA:
        start, end = run.span(2)
        instead = other_formula(random, run[2]).replace('"', "'")
    elif pattern is _HEAD:
        start, end = run.span(2)
        instead = damaged_word(random, run[2])
    else:
        start, end = run.span(random.choice((1, 2, 2)))
        other = random.choice((*_VALUES, text[slice(*random.choice(runs).span(2))]))
        instead = other if start == run.start(2) else damaged_word(random, text[start:end])
    return text[:start] + instead + text[end:]


def other_formula(random: Random, formula: str) -> str:
    """A formula with a word changed, left out or put in."""
    words = re.findall(r"\w+|[^\w\s]+|\s+", formula) or [""]
    at = random.randrange(len(words))
    match random.randrange(4):
        case 0:
            del words[at]
        case 1:
            words[at] = random.choice(_FORMULAS)
        case 2:
            words.insert(at, f" {random.choice(_FORMULAS)} ")
        case _:
            words[at:at] = words[at : at + 3] * random.randint(1, 3)
    return "".join(words)


def _damage_file(random: Random, material: _File) -> _File:
    if not material.is_text:
        return replace(material, data=damaged_bytes(random, material.data))
    if not random.randrange(25):
        return replace(material, data=damaged_bytes(random, material.data))
    text = material.data.decode("utf-8", "replace")
    is_toml = material.name.endswith(".toml")
    text = _damage_toml(random, text) if is_toml else damaged_text(random, text)
    return replace(material, data=text.encode("utf-8", "replace"))


def _start_rule(random: Random) -> _File:
    path = random.choice(sorted(_RULES.glob("*/[A-Z]*.toml")))
    text = path.read_text(encoding="utf-8")
    text = text.replace(path.stem, "FZZ001", 1)
    text = re.sub(r'(?m)^name = "', 'name = "fuzzed-', text, count=1)
    words = random.choice(
        (
            checked("--plugin", "NAME", _BOOK),
            checked("--plugin", "NAME", _BOOK),
            ("test-rules", "NAME", "--no-settings"),
            ("test-rules", "NAME", "--no-settings", "--lang", "en"),
            ("rules", "--analyse", "--select", "FZZ", "--plugin", "NAME", "--no-settings"),
            ("explain", "FZZ001", "--plugin", "NAME", "--no-settings", "--lang", "en"),
            ("why", "FZZ001", _BOOK, "--plugin", "NAME", "--no-settings"),
            ("check", _BOOK, "--plugin", "NAME", "--no-settings", "--outcomes", "unknown,crashed"),
        )
    )
    return _File(text.encode(), "rule.toml", words, {_BOOK: book_text()})


def _start_formula(random: Random) -> _File:
    rule = random.choice([rule for rule in load().rules if rule.file.formula])
    words = ("try", "FORMULA", _BOOK, "--no-settings", "--lang", random.choice(("ja", "en")))
    if random.randrange(2):
        words = (*words, "--each", rule.file.each)
    return _File(str(rule.file.formula).encode(), "formula", words, {_BOOK: book_text()})


def _damage_formula(random: Random, material: _File) -> _File:
    text = other_formula(random, material.data.decode())
    return replace(material, data=text.encode())


def _formula_case(material: _File) -> Case:
    formula = material.data.decode()
    words = [formula if word == "FORMULA" else word for word in material.words]
    return Case(material.others, words)


def _start_form(random: Random) -> _File:
    folder = random.choice(("forms", "forms", "catalogue"))
    path = random.choice(sorted((_RULES / folder).glob("*.toml")))
    text = path.read_text(encoding="utf-8").replace(f'name = "{path.stem}"', 'name = "fuzzed"', 1)
    others = {_BOOK: book_text()}
    words = random.choice(
        (
            ("forms", "check", "NAME", _BOOK, "--no-settings"),
            ("forms", "show", "fuzzed", "--plugin", "NAME", "--no-settings", "--lang", "en"),
            checked("--plugin", "NAME", "--form", "fuzzed", _BOOK),
            checked("--plugin", "NAME", _BOOK),
        )
    )
    if folder == "forms":
        form = load().forms[path.stem]
        made = book(sheets=1, seed=random.randrange(9), form=form)
        others["book.xlsx"] = workbook_bytes(worksheets_of(made, form, Layout()))
        words = tuple("book.xlsx" if word == _BOOK else word for word in words)
    return _File(text.encode(), "form.toml", words, others)


_SETTINGS: Final = """title = "点検結果"
language = "ja"
form = "kushiro"
worksheets = ["!一覧"]
pages = "1-3"
fail_on = "warning"
narrative = true
approval = ["課長", "係長"]
waivers = "waivers.toml"
figures = "見込"

[rules]
select = ["default"]
ignore = ["BOK003"]

[severities]
KPI005 = "warning"
FND001 = "note"

[office]
name = "財政部財政課"
head = "財政課長"
role = "予算担当"
extension = "2345"

[departments]
order = ["総務部総務課", "財政部財政課"]

[departments.renamed]
"産業部観光課" = "財政部財政課"

[departments.contacts]
"財政部財政課" = "庶務担当（内線3456）"

[accounts]
total = "支出済額"

[accounts.sources]
grants = "国道支出金"

[letter]
number = "財第12号"
deadline = 2025-08-22
"""


def settings_text() -> bytes:
    """Settings with every section."""
    return _SETTINGS.encode()


def _start_settings(random: Random) -> _File:
    words = random.choice(
        (
            tuple(word for word in checked(_BOOK) if word != "--no-settings"),
            ("settings",),
            ("check", _BOOK, "--by", "department"),
            ("read", _BOOK, "--lang", "en"),
        )
    )
    others = {_BOOK: book_text(), "waivers.toml": waivers_text()}
    return _File(_SETTINGS.encode(), "auditor.toml", words, others)


def _start_waivers(random: Random) -> _File:
    words = random.choice(
        (
            checked("--waivers", "NAME", _BOOK),
            ("check", _BOOK, "--no-settings", "--waivers", "NAME", "--lang", "en"),
        )
    )
    return _File(waivers_text(), "waivers.toml", words, {_BOOK: book_text()})


def _pdf_of_book() -> bytes:
    from tests.documents.make_pdfs import Print, printed

    form = load().forms["kushiro"]
    made = book(sheets=2, seed=21, form=form, details=Details(narrative=True))
    return printed(made, form, Layout(), Print(page=(1190.6, 1800.0)))


# --- what earlier runs left -----------------------------------------------------------------------


@cache
def left() -> Mapping[str, bytes]:
    """What runs of the program over the book leave, by file name: a delivered folder, reports,
    records, a list of errata.
    """
    before = Path.cwd()
    form = load().forms["kushiro"]
    silent = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            Path(_BOOK).write_bytes(book_text())
            Path("later.txt").write_bytes(damaged_text(Random(1), book_text().decode()).encode())
            both = years(3, 21, form)
            last = text_of_sheets(both.last_year.sheets, form)
            Path("this.txt").write_text(text_of_sheets(both.book.sheets, form), encoding="utf-8")
            Path("last.txt").write_text(last, encoding="utf-8")
            erred = re.sub(r"(?m)^(事業費 総額.*)\d$", r"\g<1>4", last)
            Path("erred.txt").write_text(erred, encoding="utf-8")
            with contextlib.redirect_stdout(silent), contextlib.redirect_stderr(silent):
                main(["check", _BOOK, "--no-settings", "--deliver", "result"])
                main(
                    ["check", _BOOK, "--no-settings", "--format", "json", "--output", "report.json"]
                )
                main(
                    ["read", _BOOK, "--no-settings", "--format", "json", "--output", "records.json"]
                )
                Path("print.pdf").write_bytes(_pdf_of_book())
                main(["proof", _BOOK, "print.pdf", "--no-settings", "--page-list-to", "pages.json"])
                main(["freeze", _BOOK, "--no-settings", "--output", "frozen.json"])
                main(
                    [
                        "read",
                        "last.txt",
                        "--no-settings",
                        "--format",
                        "json",
                        "--output",
                        "last.json",
                    ]
                )
                main(["errata", "last.txt", "erred.txt", "--no-settings", "--output", "errata.csv"])
                main(
                    ["errata", "last.txt", "erred.txt", "--no-settings", "--output", "errata.json"]
                )
            files = {
                path.relative_to(folder).as_posix(): path.read_bytes()
                for path in sorted(Path(folder).rglob("*"))
                if path.is_file() and path.suffix in (".txt", ".json", ".xlsx", ".csv")
            }
        finally:
            os.chdir(before)
    made = with_accounts(3, 21, form)
    files["accounts.csv"] = accounts_csv(made.ledger, form).encode()
    return files


@cache
def waivers_text() -> bytes:
    """Waivers for all findings of the book."""
    entries: list[str] = []
    for finding in json.loads(left()["report.json"])["findings"]:
        if finding["rule"].startswith(("RD", "TBL")):
            continue  # these can't be waived
        entries.append(
            "[[waiver]]\n"
            f'rule = "{finding["rule"]}"\nplace = "{finding["place"]}"\n'
            f'values = "{finding["values"]}"\nkind = "端数調整"\nreason = "切捨てのため"\n'
            'role = "財政課予算担当"\ndate = 2025-08-01\nuntil = 2099-03-31\nfiscal_year = 2024\n'
        )
    return "\n".join(entries).encode()


def _start_round(random: Random) -> _File:
    of_runs = left()
    name, option = random.choice(
        (
            ("report.json", "--baseline"),
            ("report.json", "--since"),
            ("records.json", "--since"),
            ("frozen.json", "--since"),
            ("last.json", "--last-year"),
            ("last.txt", "--last-year"),
            ("errata.json", "--last-year-errata"),
            ("errata.csv", "--last-year-errata"),
            ("accounts.csv", "--accounts"),
            ("accounts.csv", "--accounts"),
            ("pages.json", "--page-list"),
        )
    )
    others = {_BOOK: of_runs[_BOOK], "later.txt": of_runs["later.txt"]}
    words = checked(option, "NAME", random.choice((_BOOK, "later.txt")))
    if option.startswith("--last-year"):
        others = {"this.txt": of_runs["this.txt"], "last.txt": of_runs["last.txt"]}
        words = checked(option, "NAME", "this.txt")
        if option == "--last-year-errata":
            words = (*words, "--last-year", "last.txt")
    if option == "--since" and random.randrange(2):
        words = ("compare", "NAME", "later.txt", "--no-settings", "--format", "json")
    return _File(of_runs[name], name, words, others)


def _start_answers(random: Random) -> _File:
    of_runs = left()
    result = {name: data for name, data in of_runs.items() if name.startswith("result/")}
    forms = sorted(name for name in result if name.endswith("回答票.xlsx"))
    records = sorted(name for name in result if name.endswith(".json"))
    words: tuple[str, ...] = ("answers", "back", "--since", "result", "--no-settings")
    words += random.choice(
        ((), ("--waivers-to", "new.toml"), ("--with", "later.txt"), ("--format", "json"))
    )
    others = {**result, "later.txt": of_runs["later.txt"], _BOOK: of_runs[_BOOK]}
    form = random.choice(forms)
    if random.randrange(4):
        return _File(
            _filled(random, of_runs[form]), "back/回答票.xlsx", words, others, is_text=False
        )
    name = random.choice(records)
    others["back/回答票.xlsx"] = _filled(random, of_runs[form])
    data = others.pop(name)
    return _File(data, name, words, others)


_ANSWERS: Final = (
    "訂正する", "記載のとおり", "端数調整", "切捨てで転記しているため", "了承", "その他", "再確認",
    "", "はい", "=1+1", "x" * 3000, "\u202e逆", "令和７年８月１日", "12,345",
)  # fmt: skip


def _filled(random: Random, form: bytes) -> bytes:
    """A reply form with some cells filled in, whatever they are for, saved by another program."""
    import openpyxl

    workbook = openpyxl.load_workbook(io.BytesIO(form))
    for sheet in workbook.worksheets:
        for _ in range(random.randrange(12)):
            cell = sheet.cell(random.randint(1, sheet.max_row), random.randint(1, sheet.max_column))
            with contextlib.suppress(AttributeError):  # a merged cell has no value of its own
                cell.value = random.choice(_ANSWERS)
    if not random.randrange(6):
        workbook.worksheets[0].delete_rows(random.randint(1, 8))
    if not random.randrange(6):
        workbook.worksheets[0].delete_cols(random.randint(1, 8))
    moment = workbook.properties.created
    workbook.properties.modified = moment
    out = io.BytesIO()
    workbook.save(out)
    return _without_time(out.getvalue())


def _without_time(package: bytes) -> bytes:
    """A package whose parts say no time, so that the same seed gives the same bytes."""
    import zipfile

    from tests.documents.workbook_writer import parts_of

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(package).items():
            if name == "docProps/core.xml":
                content = re.sub(rb">2\d{3}-[0-9T:-]+Z?<", b">2025-04-01T00:00:00Z<", content)
            archive.writestr(zipfile.ZipInfo(name, (2025, 4, 1, 0, 0, 0)), content)
    return out.getvalue()


def _damage_answers(random: Random, material: _File) -> _File:
    if not material.is_text and random.randrange(3):
        return material  # what was filled in is damage enough
    return _damage_file(random, material)


_Start = Callable[[Random], _File]
_STARTS: Final[Sequence[tuple[str, _Start]]] = (
    ("rules", _start_rule),
    ("forms", _start_form),
    ("settings", _start_settings),
    ("waivers", _start_waivers),
    ("rounds", _start_round),
)
FILES: Final[tuple[Kind[Any], ...]] = (
    *(Kind(name, start, _damage_file, _case) for name, start in _STARTS),
    Kind("formulas", _start_formula, _damage_formula, _formula_case),
    Kind("answers", _start_answers, _damage_answers, _case, most_steps=2),
)
