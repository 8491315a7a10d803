"""The settings file: what is written in one is read back, each fault is reported where it stands,
and no bytes do harm.
"""

from __future__ import annotations

import os
import re
import time
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.settings.listing import settings_in_force
from auditor.settings.loading import SettingsFile, nearest_settings, read_settings
from auditor.settings.model import APPROVAL, Departments, Settings
from auditor.toml.bounds import LARGEST
from auditor.toml.places import places_in
from tests.settings.settings_files import Line, any_settings, pairs_of, written

JAPANESE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
TABLES: Final = {"auditor.toml": (), "pyproject.toml": ("tool", "auditor")}
NAMES: Final = st.sampled_from(sorted(TABLES))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("settings")


def read(folder: Path, content: str | bytes, name: str = "auditor.toml") -> SettingsFile:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_settings(path)


def messages(file: SettingsFile) -> tuple[str, str]:
    """The error of a file with faults, in both languages."""
    message = file.error(file.faults).message
    return message.en, message.ja


def lines_of_faults(file: SettingsFile) -> list[int]:
    return [file.lines.at(fault.place[0])[0] for fault in file.faults if fault.place is not None]


# — what is right —


@given(any_settings, NAMES, st.booleans(), st.data())
def test_settings_are_read_back_as_they_were_written(
    folder: Path, wanted: Settings, name: str, windows: bool, data: st.DataObject
) -> None:
    lines = written(wanted, data, TABLES[name])
    text = ("\r\n" if windows else "\n").join(line.text for line in lines)
    file = read(folder, ("\ufeff" if windows else "") + text, name)
    assert not file.faults, messages(file)[0]
    assert file.settings == wanted
    for number, line in enumerate(lines, 1):
        if line.path:
            assert file.line_of(line.path) == number
    # What is not in the file is a default.
    in_file = {".".join(path) for path, _ in pairs_of(wanted)}
    for item in settings_in_force(file):
        assert (item.line is not None) == (item.key in in_file)


def test_every_setting_can_be_written(folder: Path) -> None:
    assert read(folder, "approval = true").settings.approval == APPROVAL
    assert read(folder, "approval = false").settings.approval == ()
    assert read(folder, "").settings == Settings()
    assert read(folder, "letter.deadline = 2025-08-22").settings.letter.deadline == date(
        2025, 8, 22
    )


def test_paths_are_those_beside_the_settings_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "rules").mkdir(exist_ok=True)
    text = (
        'plugins = ["rules", "./x.py", "y.toml", "a_module"]\nletter.template = "forms/letter.docx"'
    )
    beside = read(folder, text).settings
    expected = [folder / "rules", folder / "x.py", folder / "y.toml"]
    assert [Path(name) for name in beside.plugins] == [*expected, Path("a_module")]
    assert Path(beside.letter.template) == folder / "forms/letter.docx"
    # From the folder itself, a name that lies there stays a path, which no module hides.
    monkeypatch.chdir(folder)
    assert read_settings(Path("auditor.toml")).settings.plugins[0] == f".{os.sep}rules"


def test_departments_are_known_in_any_width() -> None:
    known = Departments(
        order=("総務課", "ＩＴ課"), renamed={"IT 室": "ＩＴ課"}, contacts={"IT課": "内線1"}
    )
    assert known.name_of("ＩＴ室") == "ＩＴ課"
    assert known.name_of("観光課") == "観光課"
    assert known.contact_of("ＩＴ課") == "内線1"
    assert known.contact_of("総務課") == ""
    assert known.in_order(["", "観光課", "IT課", "総務課"]) == ["総務課", "IT課", "", "観光課"]


# — where it is found —


def test_the_nearest_file_is_the_whole_of_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    (tmp_path / "auditor.toml").write_text('title = "outer"\nform = "kushiro"')
    (inner / "pyproject.toml").write_text('[project]\nname = "auditor-of-others"')
    file = nearest_settings()
    assert file is not None
    assert (file.settings.title, file.settings.form) == ("outer", "kushiro")
    assert file.path == Path("..", "..", "auditor.toml")
    assert file.name == "auditor.toml"

    (tmp_path / "a" / "pyproject.toml").write_text('[tool.auditor]\ntitle = "inner"')
    file = nearest_settings()
    assert file is not None
    assert (file.settings.title, file.settings.form) == ("inner", None)

    # Of two files in a folder, the one that is about nothing else comes first.
    (tmp_path / "a" / "auditor.toml").write_text('title = "own"')
    file = nearest_settings()
    assert file is not None
    assert file.settings.title == "own"


def test_a_file_that_cannot_be_used_is_no_absent_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[tool.other]\n= no TOML")
    assert nearest_settings() is None  # it is about others
    for content in ("[tool.auditor]\n= no TOML", "[tool]\nauditor = 3"):
        (tmp_path / "pyproject.toml").write_text(content)
        file = nearest_settings()
        assert file is not None
        assert len(file.faults) == 1
    (tmp_path / "auditor.toml").mkdir()
    file = nearest_settings()
    assert file is not None
    assert "is a folder" in messages(file)[0]
    (tmp_path / "auditor.toml").rmdir()
    (tmp_path / "auditor.toml").symlink_to(tmp_path / "nowhere")
    file = nearest_settings()
    assert file is not None
    assert messages(file)[0] == "auditor.toml: can't be read: there is no such file"


def test_a_named_file_has_to_be_about_this_program(folder: Path) -> None:
    assert "has no table [tool.auditor]" in messages(read(folder, "", "pyproject.toml"))[0]
    assert "no such file" in messages(read_settings(folder / "none.toml"))[0]
    assert read_settings(folder / "a\0b").faults
    assert "larger than" in messages(read(folder, b"#" * (LARGEST + 1)))[0]


# — faults —

HEADINGS: Final = (
    "project",
    "department",
    "total",
    "item",
    "carried_over",
    "staff_cost",
    "shared",
)
WRONG: Final[dict[str, tuple[str, ...]]] = {
    "title": ("3", '["x"]', '"a\\nb"', "2025-01-01", '"\u202e"', "{}"),
    "language": ('"jp"', "true", "3"),
    "form": ("[]",),
    "worksheets": ('"!一覧"', '["!"]', '["a", "a"]', '[""]', "[1]"),
    "pages": ('"3..5"', "3"),
    "plugins": ('"x"', '[" "]'),
    "fail_on": ('"fatal"', "false"),
    "narrative": ('"yes"', "1"),
    "rules": ("3", "[]"),
    "rules.select": ('"FND"', "[3]"),
    "rules.ignore": ("true", '[["FND"]]'),
    "severities": ('"error"', "[]"),
    "severities.BOK003": ('"high"', "1"),
    "office": ('"財政課"', "[1, 2]"),
    "office.name": ("1",),
    "office.head": ("1.5",),
    "office.role": ("[]",),
    "office.extension": ("2345",),
    "departments": ("[]",),
    "departments.order": ('"観光課"', '["課", "課 "]', "[1]"),
    "departments.renamed": ('["a"]', '{ a = "b", b = "c" }', '{ a = "a" }', '{ a = "" }'),
    "departments.contacts": ('"x"', '{ "課" = 1 }', '{ "課" = "x", "課 " = "y" }'),
    "letter": ('"x"',),
    "letter.template": ("1",),
    "letter.number": ("7",),
    "letter.deadline": ('"2025-08-22"', "2025-08-22T10:00:00", "20250822"),
    "letter.reply_to": ("[]",),
    "letter.seal_omitted": ('"yes"', "1"),
    "approval": ('"部長"', "6", '["部長", ""]'),
    "waivers": ("3", '["x"]', '"a\\nb"', "true"),
    "page_list": ("3", '["x"]', '"a\\nb"', "true"),
    "last_year_errata": ("3", '["x"]'),
    "last_year": ('"x"', "[1]", '["x", "x"]'),
    "accounts": ('"x.csv"', "[]"),
    "accounts.file": ("1", "true"),
    **{f"accounts.{name}": ("1", "[]") for name in HEADINGS},
    "accounts.sources": ('["a"]', "{ grants = 1 }", '{ grants = "" }'),
    "figures": ('"x"', "1"),
    "titel": ('"x"',),
    "office.nmae": ('"x"',),
    "x.y.z": ("1",),
}
"""Values that a setting can't have, by its key; and keys that there are not."""


def test_every_key_has_a_wrong_value_here() -> None:
    keys = {item.key for item in settings_in_force(None)}
    sections = {key for key, kind in get_type_hints(Settings).items() if hasattr(kind, "_fields")}
    assert keys | sections <= {*WRONG, "severities"}


@given(any_settings, NAMES, st.sampled_from(sorted(WRONG)), st.data())
def test_one_fault_among_settings_is_reported_with_its_line(
    folder: Path, rest: Settings, name: str, key: str, data: st.DataObject
) -> None:
    """The file has everything but the section with the fault, which is in a line of its own."""
    section = key.partition(".")[0]
    lines = written(rest, data, TABLES[name], without=section)
    first = 3 if TABLES[name] else 2
    value = data.draw(st.sampled_from(WRONG[key]), label="value")
    lines.insert(first, Line((), f"{key} = {value}"))
    text = "\n".join(line.text for line in lines)
    tomllib.loads(text)

    file = read(folder, text, name)
    assert set(lines_of_faults(file)) == {first + 1}
    en, ja = messages(file)
    assert not JAPANESE.search(re.sub(r'\n  .*|"[^"]*"|!一覧|課|見込|確定', "", en))
    assert "pydantic" not in en + ja
    for line in re.sub(r"\n  .*", "", ja).split("\n"):
        assert JAPANESE.search(line)
    assert f"{name}:{first + 1}:" in en
    assert f"{name} {first + 1}行目" in ja


def test_all_faults_are_reported_at_once_with_place_and_excerpt(folder: Path) -> None:
    text = (
        "# 設定\n"
        'lang = "ja"\n'
        'fail-on = "eror"\n'
        "\n"
        "[rules]\n"
        '\tselect = "FND"\n'
        'form = "kushiro"\n'
        "[departments]\n"
        'order = ["観光課", "企画課", "観光課"]\n'
        "[zzzz]\n"
    )
    en, ja = messages(read(folder, text))
    name = str(folder / "auditor.toml")
    assert en.replace(name, "auditor.toml") == (
        "auditor.toml:2:1: there is no setting lang; did you mean language?\n"
        '  2 | lang = "ja"\n'
        "    | ^^^^\n"
        "auditor.toml:3:1: there is no setting fail-on; did you mean fail_on?\n"
        '  3 | fail-on = "eror"\n'
        "    | ^^^^^^^\n"
        'auditor.toml:6:11: a list of texts such as ["…", "…"] was expected, not "FND"\n'
        '  6 |  select = "FND"\n'
        "    |           ^^^^^\n"
        "auditor.toml:7:1: there is no setting form in [rules]; "
        "it belongs to the top, before any [table]\n"
        '  7 | form = "kushiro"\n'
        "    | ^^^^\n"
        "auditor.toml:9:24: the text is there twice\n"
        '  9 | order = ["観光課", "企画課", "観光課"]\n'
        "    |                              ^^^^^^^^\n"
        "auditor.toml:10:2: there is no setting zzzz; known: title, language, form, worksheets, "
        "pages, plugins, fail_on, narrative, rules, severities, office, departments, letter, approval, waivers, "
        "page_list, last_year, last_year_errata, accounts, figures\n"
        "  10 | [zzzz]\n"
        "     |  ^^^^\n"
        "6 faults in the settings; nothing was done (--no-settings goes without the file)"
    )
    assert "「fail-on」という項目はありません。「fail_on」のことですか" in ja
    assert "[rules] に「form」という項目はありません" in ja
    assert "設定ファイルに6か所の誤りがあるため" in ja


def test_many_faults_are_counted(folder: Path) -> None:
    en, ja = messages(read(folder, "\n".join(f"x{number} = 1" for number in range(250))))
    assert "250 faults in the settings (150 of them not shown)" in en
    assert "ほか150か所" in ja


@pytest.mark.parametrize(
    ("text", "line", "column", "en"),
    [
        ('a = 1\n観光課 = "x"', 2, 1, 'has to be in quotes: "観光課"'),
        ('a課 = "x"', 1, 1, 'has to be in quotes: "a課"'),
        ('[a]\nb = { 観光課 = "x" }', 2, 7, 'has to be in quotes: "観光課"'),
        ("title = 令和 # x", 1, 9, 'a text stands in quotes: "令和"'),
        ('title = "a\nb = 1', 1, 11, "no closing quote"),
        ("title = 'a\nb = 1", 1, 9, "no closing quote"),
        ('a = 1\ntitle = """a\nb = 1\n', 2, 9, "no closing quote"),
        ('x = ["a"\n "b"]', 2, 2, '"," or "]"'),
        ("x = { a = 1", 1, 12, '"," or "}"'),
        ('t = "C:\\雛形"', 1, 10, "a backslash in double quotes"),
        ('t = "C:\\users"', 1, 10, "a backslash in double quotes"),
        ("a = 1\nb = 2\na = 3", 3, 1, "there twice"),
        ("[a]\n[b]\n[a]", 3, 2, "there twice"),
        ("a = { b = 1, b = 2 }", 1, 14, "there twice"),
        ("a = 1 b", 1, 7, "the line was expected to end"),
        ("d = 2025-13-01", 1, 5, "no such date"),
        ("d = 2025-02-30", 1, 5, "no such date"),
        ("[a\nb = 1", 1, 3, 'no "]"'),
        ("\na", 2, 2, '"=" was expected'),
        ("= 3", 1, 1, "a key or a [table]"),
        ("a = 1\n[" + "a." * 40 + "a]", 2, 66, "more than 32"),
        ("a = " + "[" * 40, 1, 36, "more than 32"),
        ("a = " + "{a=" * 40, 1, 99, "more than 32"),
        ("a = 1\x00", 1, 6, ""),
        ("a = " + "9" * 5000, 1, 1, "too many digits"),
    ],
)
def test_what_is_no_toml_is_reported_with_its_place(
    folder: Path, text: str, line: int, column: int, en: str
) -> None:
    file = read(folder, text)
    message_en, message_ja = messages(file)
    assert en in message_en
    (fault,) = file.faults
    if fault.place is not None:
        assert file.lines.at(fault.place[0]) == (line, column)
    assert JAPANESE.search(message_ja)
    assert not JAPANESE.search(re.sub(r"\n  .*|観光課|a課|令和", "", message_en))


@pytest.mark.parametrize("encoding", ["cp932", "utf-16"])
def test_a_file_of_another_encoding_is_said_to_be_one(folder: Path, encoding: str) -> None:
    file = read(folder, 'form = "kushiro"\ntitle = "点検"'.encode(encoding))
    name = "Shift_JIS (CP932)" if encoding == "cp932" else "UTF-16"
    assert f"is {name}, not UTF-8; save the file as UTF-8" in messages(file)[0]
    assert "点検" in messages(file)[0] or encoding == "utf-16"
    assert lines_of_faults(file) == [2 if encoding == "cp932" else 1]


def test_nothing_in_a_file_steers_the_terminal(folder: Path) -> None:
    en, ja = messages(read(folder, '"\\u001b[31m\u202e" = 1\n# \x1b'))
    assert all(character.isprintable() or character == "\n" for character in en + ja)


# — what does harm —

PIECES: Final = st.sampled_from(
    [
        *(b"[ ] { } = . , \" ' # \n \r\n \\ \"\"\" ''' true 1 1.5 2025-01-01 a b".split(b" ")),
        *("観光課 tool.auditor departments renamed title [[a]] \ufeff".encode().split(b" ")),
        *(key.encode() for key in WRONG),
        b"\xff",
        b"\x00",
        b"a" * 100,
        b" ",
    ]
)


@given(st.binary(max_size=400) | st.lists(PIECES, max_size=80).map(b"".join), NAMES)
@example(b'[departments]\nrenamed = { "\\u0000" = "x" }', "auditor.toml")
@example(b"[[office]]\n[[letter]]\n[departments.order.x]", "auditor.toml")
@settings(max_examples=400)
def test_any_bytes_are_settings_or_a_settings_error(
    folder: Path, content: bytes, name: str
) -> None:
    start = time.process_time()
    file = read(folder, content, name)
    if file.faults:
        messages(file)
    else:
        assert isinstance(file.settings, Settings)
    assert time.process_time() - start < 1


BIG: Final = 1_000_000


@pytest.mark.parametrize(
    "content",
    [
        b".".join([b"a"] * (BIG // 2 - 10)) + b" = 1",
        b"a = " + b"[" * (BIG - 10),
        b"a = " + b"{a=" * (BIG // 3 - 10),
        b"[" + b"a." * (BIG // 2 - 10) + b"a]",
        b"#" * BIG,
        b"a = '" + b"x" * (BIG - 10) + b"'",
        b'a = "' + b"\\\\" * (BIG // 2 - 10) + b'"',
        b'a = """' + b'""x' * (BIG // 3 - 10),
        b"\n" * BIG,
        b" " * BIG,
        b'"' * BIG,
        b"a = 1 " + b"x" * (BIG - 10),
        b"a = " + b"1" * (BIG - 10),
        b"".join(b"x%d = 1\n" % number for number in range(60_000)),
        b"".join(b"[[a]]\nb = 1\n" for _ in range(60_000)),
    ],
    ids=range(15),
)
def test_the_largest_files_are_read_in_little_time(folder: Path, content: bytes) -> None:
    start = time.process_time()
    file = read(folder, content)
    assert not file.faults or messages(file)
    assert time.process_time() - start < 10


# — where keys stand —

SCALARS: Final = st.sampled_from(['"x"', "'#]'", '"""a\n]"""', "1", "true", "2025-01-01 10:00:00"])
VALUES: Final = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{' , '.join(items)}\n# ]\n]")
        | st.lists(inner, min_size=1, max_size=3).map(
            lambda items: (
                "{ "
                + ", ".join(f'"k{number}" = {item}' for number, item in enumerate(items))
                + " }"
            )
        )
    ),
    max_leaves=6,
)


@given(st.lists(st.tuples(st.sampled_from(["", "[t{}]", "[[t]]", "[t{}.u]"]), VALUES), max_size=8))
def test_every_key_of_a_toml_text_has_its_place(parts: list[tuple[str, str]]) -> None:
    text = "".join(
        f"{heading.format(number)}\n k{number} . 'd.e' = {value} # =\n"
        for number, (heading, value) in enumerate(parts)
    )
    places = places_in(text)
    assert places.end == len(text)
    assert not places.repeated
    for path in paths_in(tomllib.loads(text), ()):
        if isinstance(path[-1], str):
            start, end = places.keys[path]
            assert text[start:end].strip("\"'") == path[-1]
        else:
            assert path in places.values or path in places.keys


def paths_in(value: Any, path: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
    """The paths of everything in the content of a TOML text."""
    if isinstance(value, dict):
        items = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return []
    paths: list[tuple[str | int, ...]] = []
    for name, item in items:
        paths += [(*path, name), *paths_in(item, (*path, name))]
    return paths


def test_the_literals_of_the_model_are_choices() -> None:
    """The hints of the model are what the checks go by: every kind of setting is one of theirs."""
    assert get_args(get_type_hints(Settings)["fail_on"])
