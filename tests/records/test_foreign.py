"""What foreign code raises is said in both languages, with its file, line and column."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.records.errors import AuditorError, message_of
from auditor.records.foreign import code_place, excerpt_of, said_of

JAPANESE: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]")

RAISING: Final = (
    ("{}['nam']", 'there is no key "nam"'),
    ("None.value", "None has no value"),
    ("'text'.uper()", "a value of the type str has no uper; did you mean upper?"),
    ("None > 5", "None > int can't be computed"),
    ("None + 5", "None + int can't be computed"),
    ("1 / 0", "it divides by zero"),
    ("[1][3]", "a list has fewer items"),
    ("totl", "there is no name totl"),
    ("len()", "argument"),
    ("(lambda row: 1)()", "is called without row"),
    ("(lambda: 1)(2)", "takes 0 arguments, not 1"),
    ("5()", "int can't be called"),
    ("None[0]", "None has no items in [ ]"),
    ("list(3)", "int can't be gone through"),
    ("__import__('no_such_module')", "there is no module no_such_module"),
    ("exec('from auditor.rules import PAS')", "auditor.rules has no PAS; did you mean PASS?"),
    ("(_ for _ in ()).throw(SystemExit(3))", "it ends the program (sys.exit)"),
    ("(_ for _ in ()).throw(ValueError('seven'))", "ValueError: seven"),
)


def raised(run: Callable[[], object]) -> BaseException:
    try:
        run()
    except BaseException as fault:
        return fault
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(("code", "words"), RAISING)
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_what_is_raised_is_said_with_its_place(tmp_path: Path, code: str, words: str) -> None:
    path = tmp_path / "rule.py"
    path.write_text(f"def check():\n    return ({code})\n", encoding="utf-8")
    names: dict[str, Callable[[], object]] = {}
    exec(compile(path.read_text("utf-8"), str(path), "exec"), names)
    fault = raised(names["check"])
    message = message_of(fault)
    assert words in message.en
    assert message.en.startswith(f"{path}:2:")
    assert f"{path} 2行目" in message.ja
    assert excerpt_of(fault)[0] == f"  2 |     return ({code})"
    if type(fault) is not ValueError:  # Python's own words
        assert JAPANESE.search(said_of(fault)[1].replace("行目", ""))


@pytest.mark.parametrize(
    ("text", "words", "column"),
    [
        ("def check(row)\n", '":" was expected here', 15),
        ("failed(\n", '"(" is not closed', 7),
        ("x = 'abc\n", "no closing quote", 5),
        ("x ＝ 1\n", "write it in half width", 3),
        ("if x = 1:\n", "equal is written ==", 4),
        ("def\n", "this is no Python", 4),
    ],
)
def test_what_is_no_python_is_said_at_its_column(
    tmp_path: Path, text: str, words: str, column: int
) -> None:
    fault = raised(lambda: compile(text, str(tmp_path / "rule.py"), "exec"))
    place = code_place(fault)
    assert place is not None
    assert (place.line, place.column) == (1, column)
    assert words in said_of(fault)[0]
    assert JAPANESE.search(said_of(fault)[1])


@given(st.text())
def test_any_text_of_an_exception_is_one_line(text: str) -> None:
    for fault in (ValueError(text), KeyError(text), TypeError(text), AssertionError(text)):
        for said in said_of(fault):
            assert "\n" not in said
            assert len(said) < 400


def test_our_own_errors_say_what_they_say() -> None:
    assert said_of(AuditorError("a", "あ", place="p")) == ("a", "あ")
