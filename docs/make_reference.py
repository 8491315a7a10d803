"""Makes the parts of the docs that say what the code says: the rules, the forms, the commands, the
names and functions of formulas, the keys of files; and the schemas of these for editors.

`make docs` writes them. A page made as a whole says so in its first line; in a page written by
hand, what stands between `<!-- made: … -->` and `<!-- made: end -->` is made.
"""

from __future__ import annotations

import argparse
import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

import auditor
from auditor.auditing.session import SHIPPED, Origin, Session, load
from auditor.cli import main as cli
from auditor.formula.functions import FUNCTIONS
from auditor.records.fields import SetName
from auditor.records.figures import Record
from auditor.records.languages import Lang
from auditor.reports.wording import Wording
from auditor.rules.rows import vocabulary
from auditor.rules.rule import Rule
from auditor.schemas.descriptions import descriptions
from auditor.schemas.making import write_schemas
from auditor.starting.plugin import plugin_files
from auditor_rules import FAMILIES

__all__ = ["pages"]

HERE: Final = Path(__file__).parent
MADE: Final = "<!-- Made by docs/make_reference.py: change the code, then run `make docs`. -->"


def pages(session: Session | None = None) -> dict[Path, str]:
    """Every page that is made, wholly or in part, with the text that it should have."""
    found = session or load()
    made = {
        HERE / "rule-reference.md": _page(_reference(found, "en")),
        HERE / "rule-reference.ja.md": _page(_reference(found, "ja")),
        HERE / "commands.md": _page(_commands(found, "en")),
        HERE / "commands.ja.md": _page(_commands(found, "ja")),
    }
    parts: dict[str, Iterable[str]] = {
        "functions": _functions(),
        "names": _names(),
        "forms": _forms(found),
        "findings en": _findings(found, "en"),
        "findings ja": _findings(found, "ja"),
        **_keys(),
        "plugin tests": _plugin_tests(),
        "python functions": _python_functions(),
        "python errors": _python_errors(),
        "python records": _python_records(),
    }
    for path in sorted(HERE.glob("*.md")):
        if path not in made and "<!-- made: " in (text := path.read_text(encoding="utf-8")):
            made[path] = _filled(text, parts)
    return made


def _python_functions() -> Iterator[str]:
    """The public functions, with their signatures and what they say of themselves."""
    for name in auditor.__all__:
        value = getattr(auditor, name)
        if not inspect.isfunction(value):
            continue
        signature = inspect.signature(value)
        words = [_parameter(item) for item in signature.parameters.values()]
        stars = [item.kind is item.KEYWORD_ONLY for item in signature.parameters.values()]
        if True in stars:
            words.insert(stars.index(True), "*")
        yield from (f"### auditor.{name}", "", "```text")
        yield f"auditor.{name}({', '.join(words)}) -> {signature.return_annotation}"
        yield from ("```", "", *_docstring(value), "")


def _parameter(item: inspect.Parameter) -> str:
    text = f"{item.name}: {item.annotation}"
    return text if item.default is item.empty else f"{text} = {item.default!r}"


def _docstring(value: object) -> list[str]:
    """What a name says of itself, as Markdown."""
    text = inspect.getdoc(value) or ""
    return text.replace("``", "`").replace("’", "'").splitlines()


def _python_errors() -> Iterator[str]:
    """The public errors."""
    errors = [getattr(auditor, name) for name in auditor.__all__]
    rows = [
        (f"`{each.__name__}`", " ".join(_docstring(each)))
        for each in errors
        if isinstance(each, type) and issubclass(each, Exception)
    ]
    return _table(("error", ""), rows)


def _python_records() -> Iterator[str]:
    """The classes of records, with their fields and what they say of them."""
    records = [getattr(auditor.records, name) for name in auditor.records.__all__]
    for each in (*records, auditor.Finding, auditor.Cause):
        if not (isinstance(each, type) and issubclass(each, Record)):
            continue
        fields = [
            f"`{name}: {each.__annotations__.get(name, 'Any')}`" for name in each.model_fields
        ]
        yield from (f"### {each.__name__}", "", *_docstring(each), "")
        yield from (f"Fields: {', '.join(fields)}.", "")


def _page(lines: Iterable[str]) -> str:
    return "\n".join([MADE, "", *lines]) + "\n"


def _filled(text: str, parts: Mapping[str, Iterable[str]]) -> str:
    def fill(match: re.Match[str]) -> str:
        if match["name"] not in parts:  # made elsewhere
            return match.group()
        body = "\n".join(parts[match["name"]])
        return f"<!-- made: {match['name']} -->\n\n{body}\n\n<!-- made: end -->"

    return re.sub(
        r"<!-- made: (?P<name>(?!end)[A-Za-z ]+) -->.*?<!-- made: end -->",
        fill,
        text,
        flags=re.DOTALL,
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = list(heads)
    yield f"| {' | '.join(heads)} |"
    yield f"|{'|'.join('---' for _ in heads)}|"
    for row in rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"


def _pack(session: Session) -> Origin:
    """What the pack of shipped rules and forms has given."""
    return next(origin for origin in session.origins if origin.plugin == "auditor_rules")


# — the keys of files —

_HEADS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "Settings": (("Key", "Value", "Default", "Meaning"), ("項目", "値", "既定", "意味")),
    "Waiver": (("key", "value", "meaning"), ("項目", "値", "意味")),
    "ApartFigures": (("`apart`", "meaning"), ()),
}
"""The headings of tables of keys, in English and Japanese, where they are not the usual two."""
_USUAL_HEADS: Final = ("key", "meaning")


def _keys() -> dict[str, list[str]]:
    """The tables of the keys of files: rules, forms, settings and waivers."""
    tables: dict[str, list[str]] = {}
    for section, texts in descriptions().items():
        tables[f"keys {section}"] = list(_keys_of(section, texts, "en"))
        tables[f"keys {section} ja"] = list(_keys_of(section, texts, "ja"))
    banned = tables["keys BannedChange"]
    banned[2:2] = tables["keys EvaluationChanges"][2:]
    return tables


def _keys_of(section: str, texts: Mapping[str, Mapping[str, Any]], lang: Lang) -> Iterator[str]:
    en, ja = _HEADS.get(section, (_USUAL_HEADS, ()))
    rows: list[list[str]] = []
    for key, text in texts.items():
        further = [text[column][lang] for column in ("value", "default") if column in text]
        rows.append([f"`{key}`", *further, text[lang]])
    yield from _table(ja if lang == "ja" and ja else en, rows)


def _plugin_tests() -> Iterator[str]:
    """The tests of a plugin to start from. The docs' own test passes over them, as they need
    fixtures; that of the plugin runs them.
    """
    files = plugin_files("mycity", "MYCITY", "en")
    yield "```py"
    yield files[PurePosixPath("tests/test_plugin.py")].rstrip()
    yield "```"


# — rules —


def _family(rule: Rule) -> str:
    return rule.code.rstrip("0123456789")


def _by_family(session: Session) -> Iterator[tuple[str, list[Rule]]]:
    """The shipped rules, families in the order of FAMILIES."""
    codes = _pack(session).rules
    rules = [rule for rule in session.rules if rule.code in codes]
    unknown = {_family(rule) for rule in rules} - FAMILIES.keys()
    if unknown:
        raise KeyError(f"auditor_rules.FAMILIES lacks {', '.join(sorted(unknown))}")
    for family in FAMILIES:
        if members := [rule for rule in rules if _family(rule) == family]:
            yield family, members


def _reference(session: Session, lang: Lang) -> Iterator[str]:
    ja = lang == "ja"
    words = Wording(lang)
    yield "# 規則の一覧" if ja else "# Rule reference"
    yield ""
    if ja:
        yield "付属の規則のすべてです。`auditor explain FND001` のように実行すると、同じ内容が画面に表示されます。"
        yield "指摘の区分は、**要訂正**（計算・暦・様式のうえで両立しません。回答が必要です）、**要確認**（誤りの可能性があります。回答が必要です）、**参考**（回答は不要です）の3つです。"
    else:
        yield "Every shipped rule. `auditor explain FND001` shows the same on the terminal."
        yield "Severities: **error**, both cannot be true; **warning**, probably wrong; **note**, worth a look."
    for family, rules in _by_family(session):
        yield from ["", f"## {family} {FAMILIES[family].of(lang)}"]
        for rule in rules:
            yield from _rule(rule, lang, words)


def _rule(rule: Rule, lang: Lang, words: Wording) -> Iterator[str]:
    file, say = rule.file, words.say
    yield from ["", f"### {file.code} {file.title.of(lang)}", ""]
    facts = [
        f"`{file.name}`",
        words.word(rule.counted_as(file.severity)),
        say(f"for {words.meant(rule.forms)}", f"対象：{words.meant(rule.forms)}"),
        words.word(f"each.{file.each}"),
        say(f"since {file.since}", f"{file.since} 版から"),
    ]
    yield " · ".join(facts)
    yield from ["", say(f"**Why.** {file.why.en}", f"**理由**　{file.why.ja}")]
    yield from ["", say(f"**What to do.** {file.action.en}", f"**対応**　{file.action.ja}"), ""]
    if file.each == "reading":
        yield say(
            "**Formula.** None: a reader remarks this.",
            "**数式**　なし（文書を読み取るときに検出します）。",
        )
        return
    if file.formula:
        yield say("**Formula.**", "**数式**")
        yield from ["", "```text", " ".join(file.formula.split()), "```"]
    else:
        yield say(
            "**Formula.** None: a Python function judges this.",
            "**数式**　なし（Python の関数で判定します）。",
        )
    if file.when:
        yield from [
            "",
            say("**Applies when.**", "**適用する条件**"),
            "",
            "```text",
            " ".join(file.when.split()),
            "```",
        ]
    for severity, condition in file.severity_when.items():
        yield from [
            "",
            say(
                f"**{words.word(severity)} instead, when** ",
                f"**次の場合は{words.word(severity)}**　",
            )
            + f"`{condition}`",
        ]
    if file.retired:
        yield from [
            "",
            say("**Takes the place of** ", "**引き継いだ規則**　") + ", ".join(file.retired),
        ]
    yield from ["", say("**Examples.**", "**例**"), "", "```toml"]
    yield "\n\n".join(
        "\n".join(["[[cases]]", *(f"{_key(key)} = {_toml(value)}" for key, value in case.items())])
        for case in file.cases
    )
    yield "```"


def _key(key: object) -> str:
    return str(key) if re.fullmatch(r"[A-Za-z0-9_-]+", str(key)) else _toml(str(key))


def _toml(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            return f'"{escaped}"'
        case Mapping():
            return (
                "{ "
                + ", ".join(f"{_key(key)} = {_toml(item)}" for key, item in value.items())
                + " }"
            )
        case list() | tuple():
            return f"[{', '.join(_toml(item) for item in value)}]"
        case _:
            return str(value)


def _findings(session: Session, lang: Lang) -> Iterator[str]:
    """What to do with each finding, a table for each family."""
    ja = lang == "ja"
    words = Wording(lang)
    for family, rules in _by_family(session):
        yield f"#### {family} {FAMILIES[family].of(lang)}"
        yield ""
        rows = (
            (
                rule.code,
                words.word(rule.counted_as(rule.file.severity)),
                rule.file.title.of(lang),
                rule.file.action.of(lang),
            )
            for rule in rules
        )
        yield from _table(
            ("規則", "区分", "指摘の内容", "対応")
            if ja
            else ("rule", "severity", "finding", "what to do"),
            rows,
        )
        yield ""


# — the command —


def _commands(session: Session, lang: Lang) -> Iterator[str]:
    ja = lang == "ja"
    parser = cli.command_parser(lang, report_formats=lambda: _shipped_formats(session))
    (commands,) = [
        action.choices
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
    ]
    yield "# コマンド" if ja else "# Commands"
    yield from ["", parser.description or "", "", parser.epilog or ""]
    for name, command in commands.items():
        command.complete_help()
        actions = [action for action in command._actions if "--help" not in action.option_strings]
        operands = " ".join(str(action.metavar) for action in actions if not action.option_strings)
        options = "オプション" if ja else "OPTIONS"
        usage = f"auditor {name} [{options}] {operands}".rstrip()
        yield from ["", f"## auditor {name}", "", command.description or "", "", f"`{usage}`", ""]
        rows = ((_option(action), action.help or "") for action in actions)
        yield from _table(("オプション", "内容") if ja else ("option", "what it does"), rows)


def _shipped_formats(session: Session) -> Iterator[str]:
    for origin in session.origins:
        if origin.plugin in SHIPPED:
            yield from origin.reports


def _option(action: argparse.Action) -> str:
    value = str(action.metavar or "")
    if action.choices:
        value = "{" + ",".join(map(str, action.choices)) + "}"
    if not action.option_strings:
        return f"`{value}`"
    return ", ".join(
        f"`{option}{' ' + value if value else ''}`" for option in action.option_strings
    )


# — forms —


def _forms(session: Session) -> Iterator[str]:
    """The shipped forms."""
    forms = [session.forms[name] for name in _pack(session).forms]
    rows = (
        (f"`{form.name}`", form.unit, form.title.en, form.title.ja)
        for form in sorted(forms, key=lambda form: form.name)
    )
    yield from _table(("form", "amounts in", "what it is", "様式"), rows)


# — formulas —


def _functions() -> Iterator[str]:
    rows = (
        (
            f"`{name}()`",
            ", ".join(function.takes) or "a name in quotes",
            function.gives,
            function.means.en,
            function.means.ja,
        )
        for name, function in FUNCTIONS.items()
    )
    yield from _table(("function", "takes", "gives", "meaning", "意味"), rows)


def _names() -> Iterator[str]:
    """What can be named on each kind of row, with the sources of the shipped forms as
    ``funding.…``.
    """
    scopes = vocabulary(()).scopes
    rows = (
        (
            f"`{scope}`",
            ", ".join(f"`{name}`" for name, kind in content.names.items() if kind == "number"),
            ", ".join(f"`{name}`" for name, kind in content.names.items() if kind == "text"),
            ", ".join(f"`{name}`" for name, kind in content.names.items() if kind == "group"),
            ", ".join(f"`{link}.` → {target}" for link, target in content.links.items()),
            ", ".join(f"`{_step(name)}.` → {target}" for name, target in content.sets.items()),
        )
        for scope, content in scopes.items()
    )
    yield from _table(("`each`", "numbers", "texts", "groups", "links", "sets of rows"), rows)


def _step(name: SetName) -> str:
    return "same(…)" if name == "same" else name


if __name__ == "__main__":
    write_schemas()
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8", newline="\n")
