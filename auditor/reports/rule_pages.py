"""The rules for people and programs: the list, and one rule with its cases as examples."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from auditor.auditing.formats import ReportContext
from auditor.records.fields import PREFIXES, SCOPES
from auditor.records.severities import QUESTION
from auditor.reports.layout import cut, painted, plain, shown_width, table, wrap
from auditor.reports.wording import Wording

# Rules are named in types only: the page of a shipped rule is made from its file, without the
# engine.
if TYPE_CHECKING:
    from auditor.rules.rule import Rule
    from auditor.rules.ruleset import RuleSet

__all__ = ["rule_data", "rule_list", "rule_page", "shipped_rule"]

_CODE: Final = re.compile(r"[A-Z]{2,8}\d{3}")


def rule_list(rules: RuleSet, context: ReportContext) -> str:
    """A table of the rules."""
    words = Wording(context.lang, context.forms)
    say = words.say
    # The names are English; a Japanese list has the codes alone.
    named = words.lang == "en"
    heads = [say("code", "規則"), say("severity", "区分"), say("for", "対象"), say("title", "内容")]
    rows = [
        [
            rule.code,
            words.word(rule.counted_as(rule.severity)),
            words.meant(rule.forms),
            rule.file.title.of(words.lang),
        ]
        for rule in rules
    ]
    if named:
        heads.insert(3, "name")
        rows = [[*row[:3], rule.file.name, row[3]] for row, rule in zip(rows, rules, strict=True)]
    more = say(
        "'auditor explain CODE' says more about a rule.",
        "各規則の詳しい説明は「auditor explain 規則」で表示できます。",
    )
    return f"{table(heads, rows, context.width)}\n\n{more}\n"


def rule_page(
    data: Mapping[str, Any],
    code: str,
    words: Wording,
    width: int,
    color: bool = False,
    *,
    verbose: bool = False,
) -> str:
    """One rule, as ``rule_data`` gives it: what, why, what to do, its formula in words, and its
    cases.

    ``code`` is the one by which it was looked up, which may be retired. With ``verbose``, the
    rule's name and its formulas stand there too, as rule files have them.
    """
    return "\n".join(_page(data, code, words, width, color, verbose)) + "\n"


def rule_data(rule: Rule) -> dict[str, Any]:
    """The content of a rule's file, in the names of the file, with the severity in force and what
    the rule is for.
    """
    content = rule.file.model_dump(mode="json", exclude_defaults=True, exclude={"cases"})
    content["forms"] = list(rule.forms)
    if rule.assigned is not None:
        content.pop("severity_when", None)
        content["severity"] = rule.assigned
    return {**content, "cases": [_jsonable(case) for case in rule.file.cases]}


def shipped_rule(code: str) -> dict[str, Any] | None:
    """The content of a shipped rule's file, found by its code alone; None for any other rule."""
    spec = importlib.util.find_spec("auditor_rules")
    places = (spec.submodule_search_locations if spec else None) or ()
    if not _CODE.fullmatch(code.upper()):
        return None
    for place in places:
        path = Path(place) / code.rstrip("0123456789").lower() / f"{code.upper()}.toml"
        if path.is_file():
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            usual = "*" if data["each"] == "reading" else "result-sheets"
            return {"forms": [usual], **data}
    return None


def _jsonable(value: object) -> Any:
    if isinstance(value, Mapping):
        return {
            str(key): _jsonable(item) for key, item in cast(Mapping[object, object], value).items()
        }
    if isinstance(value, list | tuple):
        return [_jsonable(item) for item in cast(list[object], value)]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _page(
    data: Mapping[str, Any], code: str, words: Wording, width: int, color: bool, verbose: bool
) -> Iterator[str]:
    say = words.say

    def section(title: str, text: str) -> Iterator[str]:
        yield ""
        yield painted(title, "heading", color)
        yield from (f"  {line}" for line in wrap(plain(text), width - 2))

    name = say(f" ({data['name']})", f"（{data['name']}）" if verbose else "")
    for line in wrap(plain(f"{data['code']} {say(**data['title'])}{name}"), width):
        yield painted(line, "heading", color)
    if code.upper() in data.get("retired", ()):
        retired = say(
            f"{code.upper()} is retired; {data['code']} has taken its place.",
            f"{code.upper()} は廃止され、{data['code']} に引き継がれました。",
        )
        yield from wrap(retired, width)
    facts = [
        (say("severity", "区分"), words.word(_counted_as(data))),
        (say("for", "対象の様式"), words.meant(data["forms"])),
        (say("judged on", "判定の単位"), words.judged_on(data["each"], data["forms"])),
    ]
    if data["since"]:
        facts.append((say("since", "導入した版"), plain(data["since"])))
    yield from wrap(say("; ", "　").join(words.labelled(*fact) for fact in facts), width)
    yield from section(say("Why", "理由"), say(**data["why"]))
    yield from section(say("What to do", "対応"), say(**data["action"]))
    yield from section(say("Formula", "満たすべき式"), _formula(data, words))
    if data.get("when"):
        applies = words.formula(data["when"], data["each"], data["forms"])
        yield from section(say("Applies when", "適用する条件"), applies)
    if verbose:
        for title, key in (
            (say("Formula as written", "式の記述"), "formula"),
            (say("Condition as written", "条件の記述"), "when"),
        ):
            if data.get(key):
                yield from section(title, data[key])
    if data.get("cases"):
        yield ""
        yield painted(say("Examples", "例"), "heading", color)
    for case in data.get("cases", ()):
        yield from _case(case, data["each"], width, words)


def _counted_as(data: Mapping[str, Any]) -> str:
    """The severity of a rule's findings, or that they are questions."""
    is_question = data.get("question") and data["severity"] == "note"
    return QUESTION if is_question else str(data["severity"])


def _formula(data: Mapping[str, Any], words: Wording) -> str:
    """What has to hold, in words."""
    if data["each"] == "reading":
        return words.say(
            "none: noticed while a document is read", "なし（文書の読み取り時に検出します）"
        )
    if data.get("formula"):
        return words.formula(data["formula"], data["each"], data["forms"])
    return words.say("none: judged by a Python function", "なし（プログラムで判定します）")


# What a case says beside its cells.
_NO_CELLS: Final = frozenset(
    {
        "outcome",
        "form",
        "declares",
        "note",
        "equation",
        "expected",
        "actual",
        "difference",
        "unit_of_difference",
        "severity",
        "suspects",
    }
)
_CLAIMED: Final = frozenset(field.name for field in SCOPES["claim"].fields)
_CODED: Final = frozenset({"declared_achieved", "direction", "direction_source", "status", "kind"})


def _case(case: Mapping[str, Any], each: str, width: int, words: Wording) -> Iterator[str]:
    lead = (
        f"  {words.say('-', '・')} {words.labelled(words.word(str(case.get('outcome', ''))), '')}"
    )
    form = str(case.get("form", ""))
    cells = {key: value for key, value in case.items() if key not in _NO_CELLS}
    if each == "claim":
        parts = [_of_claim(key, value, form, words) for key, value in cells.items()]
    else:
        parts = [_value(key, value, form, words) for key, value in cells.items()]
    text = words.listed([part for part in parts if part]) or words.say(
        "(everything blank)", "（すべて空欄）"
    )
    if "declares" in case:
        text += words.say(", on a form that declares otherwise", "（様式の宣言が異なる場合）")
    if case.get("equation"):
        equation = words.equation(str(case["equation"]))
        text += words.say(f"  [{equation}]", f"　［{equation}］")
    if case.get("note") and words.lang == "en":
        text += f"  — {case['note']}"
    indent = " " * shown_width(lead)
    for number, line in enumerate(wrap(cut(text, 1_000), max(width - shown_width(lead), 20))):
        yield (lead if number == 0 else indent) + line


def _of_claim(key: str, value: object, form: str, words: Wording) -> str:
    """One key of a case on a claim: the text that makes it, what the claim says, or a figure of the
    sheet's tables.
    """
    if key == "text":
        text = plain(str(value).strip())
        return words.say(f'"{text}"', f"「{text}」")
    field = key.partition(".")[0]
    if field not in _CLAIMED:
        return _value(key, value, form, words)
    prefix = PREFIXES["claim"]
    if isinstance(value, list):
        content = words.listed([plain(str(item)) for item in cast(list[object], value)])
    elif key == "section":
        is_evaluated = value in SCOPES["evaluation"].by_name
        section = f"{PREFIXES['evaluation'] if is_evaluated else ''}{value}"
        content = words.field(section, form=form)
    else:
        coded = f"{prefix}{value}"
        content = plain(words.word(coded).removeprefix(prefix))
    return f"{words.field(prefix + field)} {content}"


def _value(key: str, value: object, form: str, words: Wording) -> str:
    """One key of a case: a figure, or a table of figures."""
    name = _name(key, form, words)
    if isinstance(value, Mapping):
        inner = cast(Mapping[str, object], value)
        if key == "funding":
            items = [_value(f"funding.{part}", item, form, words) for part, item in inner.items()]
            return words.listed(items)
        items = [_value(part, item, form, words) for part, item in inner.items()]
        listed = words.listed(items)
        return words.say(f"{name} {{{listed}}}", f"{name}［{listed}］").strip()
    if isinstance(value, list):
        items = [_value("", item, form, words) for item in cast(list[object], value)]
        listed, name = words.listed(items), words.field(key, form=form)
        return words.say(f"{name} [{listed}]", f"{name}［{listed}］")
    return f"{name} {_plain_value(key, value, words)}".strip()


def _name(key: str, form: str, words: Wording) -> str:
    if key[:4].isdecimal():
        return words.year(key)
    return words.field(key, form=form) if key else ""


def _plain_value(key: str, value: object, words: Wording) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value) if key in ("year", "fiscal_year") else f"{value:,}"
    return words.word(str(value)) if key in _CODED else str(value)
