"""docs/limits.md says what the code does, and each limit of what users write holds: what is as
large as it may be is taken, what is larger is refused in a line.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.accounts.reading import MOST_LINES, MOST_PROJECTS
from auditor.auditing.session import load
from auditor.files.confined import MIB
from auditor.files.confined import Limits as ChildLimits
from auditor.files.confined.process import IDLE, MOST_RESIDENT
from auditor.files.ooxml import Limits as PackageLimits
from auditor.forms import bounds as of_forms
from auditor.forms.loading import load_form
from auditor.forms.pattern_syntax import LONGEST_PATTERN
from auditor.forms.patterns import LONGEST_TEXT, MOST_PATTERNS, MOST_UNLESS
from auditor.formula import bounds as of_formulas
from auditor.formula.tree import Vocabulary
from auditor.readers import source as source_module
from auditor.readers.delimited import LONGEST_CELL
from auditor.readers.json.exact import DEEPEST as DEEPEST_JSON
from auditor.readers.kpi.remarks import MOST_APART
from auditor.readers.pdf.pages import MOST_PAGES, PageLimits
from auditor.readers.source import LARGEST as LARGEST_DOCUMENT
from auditor.readers.source import (
    LARGEST_TEXT,
    LONGEST_LINE,
    Source,
    UnreadableDocument,
    check_lines,
)
from auditor.readers.workbook.recalculation import MOST_CELLS, MOST_CELLS_OF_ALL
from auditor.records.addresses import MAX_COLUMN
from auditor.records.decimals import FARTHEST, LONGEST_NUMBER
from auditor.records.unchecked import MOST_ALIKE
from auditor.rules.loading import load_rule_file
from auditor.rules.rows import vocabulary
from auditor.settings.loading import read_settings
from auditor.tables.delimited import LARGEST_TIDY
from auditor.toml import bounds as of_toml
from auditor.toml.faults import DefinitionError
from auditor.toml.reading import Unparsable, bytes_of, parsed

PAGE = (Path(__file__).parents[1] / "docs" / "limits.md").read_text("utf-8")

CHILD, PACKAGE, ON_PAGE = ChildLimits(), PackageLimits(), PageLimits()

ROWS = {
    "size of any file": f"{LARGEST_DOCUMENT // MIB} MiB; {LARGEST_TIDY // MIB // 1024} GiB for "
    "the text of a [tidy table](tables.md); Parquet: none",
    "processor time for one document": f"{CHILD.seconds:g} s, and {CHILD.seconds_a_part:g} s more "
    "for each page or worksheet that has been read, or mark that has been made",
    "time by the clock for one document": f"{CHILD.wall_clock:g} s, and 2 s more for each page, "
    "worksheet or mark; it ends what hangs, and on Windows, where processor time is not limited, "
    "whatever takes too long",
    "memory of the child process": f"{CHILD.memory // MIB} MiB (where the system enforces it: not "
    "on Windows)",
    "answer of the child process": f"{CHILD.answer // MIB} MiB",
    "unzipped size": f"{PACKAGE.unzipped // MIB} MiB",
    f"unzipped size against zipped size, of a part larger than {PACKAGE.ratio_from // MIB} MiB": (
        f"{PACKAGE.ratio} times"
    ),
    "parts of the package": f"{PACKAGE.parts:,}",
    "worksheets": f"{PACKAGE.worksheets:,}",
    "cells on a worksheet, those without content too · with content": (
        f"{PACKAGE.cells:,} · {PACKAGE.filled_cells:,}"
    ),
    "merged ranges · area of all · area of one": f"{PACKAGE.merges:,} · {PACKAGE.merged_area:,} · "
    f"{PACKAGE.merged_area_once:,} cells",
    "shared texts": f"{PACKAGE.strings:,}",
    "cells that a formula names, to be recomputed · of all formulas; beyond them formulas are "
    "counted (`XLS015`) and nothing is refused": f"{MOST_CELLS:,} · {MOST_CELLS_OF_ALL:,}",
    "pages": f"{MOST_PAGES:,}",
    "on a page: characters · objects · ruling lines": (
        f"{ON_PAGE.characters:,} · {ON_PAGE.objects:,} · {ON_PAGE.lines:,}"
    ),
    "a file of a rule, a form, settings or waivers": f"{of_toml.LARGEST:,} bytes, "
    f"{of_toml.MOST_SIGNS:,} keys and values (counted by the signs `=` `.` `,` `[` `{{`), "
    f"{of_toml.DEEPEST} tables or lists in each other",
    "in it: a key · a text · a list": f"{of_toml.LONGEST_KEY} characters · "
    f"{of_toml.LONGEST_TEXT:,} characters · {of_toml.MOST_ITEMS:,} items",
    "of a rule or form: name · title · other texts": (
        f"{of_toml.LONGEST_NAME} · {of_toml.LONGEST_TITLE} · {of_toml.LONGEST_NOTE:,} characters"
    ),
    "cases of a rule": f"{of_toml.MOST_CASES}",
    "a text of the settings": f"{of_toml.LONGEST_SETTING:,} characters",
    "a number in a formula, a form, or a document in JSON": (
        f"{LONGEST_NUMBER} digits, 1e±{FARTHEST}"
    ),
    "nesting of a document in JSON": f"{DEEPEST_JSON}",
    "a formula": f"{of_formulas.LONGEST_FORMULA:,} characters, {of_formulas.DEEPEST} levels, "
    f"{of_formulas.LONGEST_ROW} operators in a row, {of_formulas.MOST_FACTORS} figures multiplied "
    "by one another",
    "a form": f"{of_forms.MOST_COLUMNS} columns, {of_forms.MOST_FIGURES:,} figures, "
    f"{of_forms.MOST_LABELS} labels for each, {of_forms.MOST_WORDS:,} words, units, parameters or "
    f"groups, {of_forms.MOST_YEARS} evaluated years, {of_forms.FARTHEST_YEAR} years between "
    "columns",
    "a [pattern](forms.md#patterns) of a form": f"{LONGEST_PATTERN} characters, no repetition in a "
    "repetition, no two that can match the same text; texts of at most "
    f"{LONGEST_TEXT:,} characters",
    "patterns of one key · patterns that exclude the texts of another": (
        f"{MOST_PATTERNS} · {MOST_UNLESS}"
    ),
}
"""The rows of the page's tables of limits, from the code."""

SENTENCES = (
    f"Children that wait for a document end after {IDLE} s",
    f"when more than {MOST_RESIDENT // MIB} MiB of memory stay in use, and after {CHILD.documents} "
    "documents",
    f"(but no JSON): {LARGEST_TEXT // MIB} MiB, and {LONGEST_LINE:,} characters in a line",
    f"{MAX_COLUMN:,} columns, and {LONGEST_CELL // 1024} KiB in one field",
    f"(`--accounts`): {MOST_LINES:,} lines, {MOST_PROJECTS:,} projects",
    f"A report lists the first {MOST_ALIKE} entries of one kind",
)


def test_the_page_says_what_the_code_does() -> None:
    tables = PAGE[: PAGE.index("\n## Folders")]
    rows = dict(re.findall(r"^\| (?!what \|)(.+?) \| (.+) \|$", tables, re.MULTILINE))
    assert rows == ROWS
    text = " ".join(PAGE.split())
    assert [sentence for sentence in SENTENCES if sentence not in text] == []
    assert MOST_APART == 10 and "More than ten columns of a table of indicators" in text


RULE = """code = "ZZZ001"
name = "{name}"
severity = "error"
each = "year"
since = "0.1"
formula = '''{formula}'''
title = {{ en = "{title}", ja = "題" }}
why = {{ en = "{why}", ja = "理由" }}
action = {{ en = "x", ja = "確認する" }}
"""
FORM = """name = "evil"
title = {{ en = "x", ja = "x" }}
detect = [{detect}]
unit = "千円"
units = {{ "円" = 1, "千円" = {factor} }}
evaluated = [{evaluated}]
{columns}
[fields.total_cost]
label = [{labels}]
[kpi]
detect = ["指標"]
lower_is_better = [{patterns}]
"""
USUAL = {
    "name": "x",
    "formula": "1 == 1",
    "title": "x",
    "why": "x",
    "detect": '"主要施策"',
    "factor": "1000",
    "evaluated": "0",
    "columns": '[[columns]]\noffset = 0\nkind = "settled"\nlabel = "決算"',
    "labels": '"事業費"',
    "patterns": "",
}


def rule(**parts: str) -> str:
    return RULE.format(**(USUAL | parts))


def form(**parts: str) -> str:
    return FORM.format(**(USUAL | parts))


def listed(number: int) -> str:
    return ", ".join(f'"語{position}"' for position in range(number))


def columns(number: int) -> str:
    """So many columns, three for each year."""
    kinds = ("settled", "budgeted", "expected")
    return "\n".join(
        f'[[columns]]\noffset = {i // 3 - 30}\nkind = "{kinds[i % 3]}"\nlabel = "c{i}"'
        for i in range(number)
    )


def product(number: int) -> str:
    return f"{' * '.join(['headcount'] * number)} > 0"


@dataclass(frozen=True)
class Limit:
    """A limit: how much is possible, and what is written with so much."""

    most: int
    written: Callable[[int], str]


OF_TOML = {
    "bytes": Limit(of_toml.LARGEST, lambda n: "#" * n),
    "signs": Limit(of_toml.MOST_SIGNS, lambda n: "".join(f"k{i}=1\n" for i in range(n))),
    "depth": Limit(of_toml.DEEPEST, lambda n: f"x = {'[' * (n - 1)}{']' * (n - 1)}"),
    "parts of a key": Limit(of_toml.DEEPEST, lambda n: f"{'.'.join('a' * n)} = 1"),
    "key": Limit(of_toml.LONGEST_KEY, lambda n: f"{'k' * n} = 1"),
    "text": Limit(of_toml.LONGEST_TEXT, lambda n: f"x = '{'k' * n}'"),
    "list": Limit(of_toml.MOST_ITEMS, lambda n: f"x = [{'1,' * n}]"),
}
OF_RULES = {
    "name": Limit(of_toml.LONGEST_NAME, lambda n: rule(name="k" * n)),
    "title": Limit(of_toml.LONGEST_TITLE, lambda n: rule(title="k" * n)),
    "why": Limit(of_toml.LONGEST_NOTE, lambda n: rule(why="k" * n)),
    "cases": Limit(of_toml.MOST_CASES, lambda n: rule() + '[[cases]]\noutcome = "pass"\n' * n),
    "digits": Limit(LONGEST_NUMBER, lambda n: rule(formula=f"1 != 0.{'1' * n}")),
    "power of ten": Limit(FARTHEST, lambda n: rule(formula=f"1 != 1e{n}")),
    "formula": Limit(
        of_formulas.LONGEST_FORMULA, lambda n: rule(formula=f'sheet.name == "{"あ" * (n - 16)}"')
    ),
    "levels": Limit(
        of_formulas.DEEPEST - 1, lambda n: rule(formula=f"{'not (' * (n - 1)}1 == 1{')' * (n - 1)}")
    ),
    "operators": Limit(
        of_formulas.LONGEST_ROW - 1, lambda n: rule(formula=f"{' + '.join(['1'] * n)} > 0")
    ),
    "factors": Limit(of_formulas.MOST_FACTORS, lambda n: rule(formula=product(n))),
}
OF_FORMS = {
    "columns": Limit(of_forms.MOST_COLUMNS, lambda n: form(columns=columns(n))),
    "labels": Limit(of_forms.MOST_LABELS, lambda n: form(labels=listed(n))),
    "words": Limit(of_forms.MOST_WORDS, lambda n: form(detect=listed(n))),
    "evaluated years": Limit(of_forms.MOST_YEARS, lambda n: form(evaluated="-1, " * n)),
    "years": Limit(of_forms.FARTHEST_YEAR, lambda n: form(evaluated=f"{n}")),
    "power of ten": Limit(FARTHEST, lambda n: form(factor=f'"1e{n}"')),
    "pattern": Limit(LONGEST_PATTERN, lambda n: form(patterns=f'"{"あ" * n}"')),
    "patterns": Limit(MOST_PATTERNS, lambda n: form(patterns=listed(n))),
    "exclusions": Limit(
        MOST_UNLESS, lambda n: form(patterns=f'{{ pattern = "あ", unless = [{listed(n)}] }}')
    ),
}


OF_SETTINGS = {"text": Limit(of_toml.LONGEST_SETTING, lambda n: f"title = '{'あ' * n}'")}


@pytest.fixture(scope="module")
def words() -> Vocabulary:
    return vocabulary(load().forms.values())


def faults_of(path: Path, text: str, words: Vocabulary | None, kind: str) -> list[str]:
    """The lines that refuse a file; none where it is taken."""
    path.write_text(text, "utf-8")
    try:
        match kind:
            case "toml":
                data = bytes_of(path, "file", "ファイル")
                if not isinstance(data, bytes):
                    return [data[0]]
                parsed(data)
            case "settings":
                return [fault.en for fault in read_settings(path).faults]
            case "rule":
                assert words is not None
                load_rule_file(path, words)
            case _:
                load_form(path)
    except Unparsable as why:
        return [why.fault.en]
    except DefinitionError as error:
        return [en for en, _, _ in error.entries()]
    return []


@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        pytest.param(kind, limit, id=f"{kind}: {name}")
        for kind, limits in (
            ("toml", OF_TOML),
            ("rule", OF_RULES),
            ("form", OF_FORMS),
            ("settings", OF_SETTINGS),
        )
        for name, limit in limits.items()
    ],
)
def test_what_is_as_large_as_it_may_be_is_taken_and_what_is_larger_is_refused_in_a_line(
    kind: str, limit: Limit, tmp_path: Path, words: Vocabulary
) -> None:
    path = tmp_path / "written.toml"
    assert faults_of(path, limit.written(limit.most), words, kind) == []
    faults = faults_of(path, limit.written(limit.most + 1), words, kind)
    assert len(faults) == 1, faults
    assert len(faults[0]) < 400 and "\n" not in faults[0]


@given(st.lists(st.sampled_from(["=", ".", ",", "[", "{", '"', "'", "#", "\n", "\\", "a"])))
def test_signs_in_texts_and_comments_are_none(parts: list[str]) -> None:
    """A text in quotes or behind # joins no keys, whatever stands in it."""
    word = json.dumps("".join(parts))
    comment = "#" + "".join(parts).replace("\n", " ")
    few = f'a = {word} {comment}\nb = """{word[1:-1]}"""\n'
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(of_toml, "MOST_SIGNS", 2)
        assert of_toml.sign_too_many(few) is None
        assert of_toml.sign_too_many(few + "b=1") == len(few) + 1


@given(st.lists(st.integers(0, 12), max_size=6), st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_document_has_lines_of_a_length_that_people_write(sizes: list[int], end: str) -> None:
    text = end.join("あ" * size for size in sizes)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(source_module, "LONGEST_LINE", 8)
        source = Source("a.txt", text.encode())
        if max(sizes, default=0) <= 8:
            check_lines(source)
        else:
            with pytest.raises(UnreadableDocument) as caught:
                check_lines(source)
            assert "8 characters" in caught.value.message.en
        check_lines(Source("a.json", f"[{text}]".encode()))
