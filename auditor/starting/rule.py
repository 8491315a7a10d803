"""A rule to start from.

What it says makes sense on a form. Its cases have every outcome that it can have there, and one of
them notices each change of its formulas that makes a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, get_args

from auditor.forms.model import Form
from auditor.records.errors import AuditorError
from auditor.records.fields import japanese_label
from auditor.records.languages import Lang
from auditor.starting.telling import Case, Chosen, choose
from auditor.toml.values import toml_value

__all__ = ["ROWS", "RuleRow", "UnfitForm", "rule_text"]

RuleRow = Literal["year", "sheet", "evaluation", "kpi", "kpi_year", "claim", "figure"]
ROWS: Final[tuple[RuleRow, ...]] = get_args(RuleRow)
"""What a rule to start from can be judged on. A book has no figures of its own."""

_UNREADABLE: Final = "1,00"
_YEAR: Final = "2024"


class UnfitForm(AuditorError):
    """A form that has nothing of which such a rule could be judged."""


class _Start(NamedTuple):
    """What the rule says, and cases to try it on."""

    name: str
    when: str
    formula: str
    en: str
    ja: str
    cases: Sequence[Case]


def rule_text(
    code: str, each: RuleRow, form: Form, forms: Mapping[str, Form], lang: Lang, *, named: bool
) -> str:
    """The file of the rule, without the line of its schema; ``named`` says that it is for the form
    alone. Raises UnfitForm where the form has no such rows or figures.
    """
    start = _start(each, form)
    content: dict[str, Any] = {
        "code": code,
        "name": start.name,
        "severity": "warning",
        **({"forms": (form.name,)} if named else {}),
        "each": each,
        "when": start.when,
        "formula": start.formula,
        "since": "1.0",
        "title": {"en": start.en, "ja": start.ja},
        "why": {"en": "Say why it can't be.", "ja": "なぜ起こりえないのかを書きます。"},
        "action": {"en": "Say what to do.", "ja": "してほしいことを書きます。"},
    }
    chosen = choose(content, start.cases, form, forms, lang)
    return "\n".join(_lines(content, chosen, lang)) + "\n"


def _start(each: RuleRow, form: Form) -> _Start:
    match each:
        case "year":
            return _of_amounts(form, "")
        case "sheet":
            return _of_amounts(form, "evaluated.")
        case "evaluation":
            return _of_evaluations(form)
        case "kpi":
            return _of_indicators(form, "target", {})
        case "kpi_year":
            return _of_indicators(form, "actual", {"year": int(_YEAR)})
        case "claim":
            return _of_claims()
        case "figure":
            return _of_figures(form)


def _unfit(form: Form, en: str, ja: str) -> UnfitForm:
    return UnfitForm(
        f"the form {form.name} has no {en}; choose another form (--form) or row (--each)",
        f"様式 {form.name} には{ja}がありません。別の様式（--form）か行（--each）を選んでください",
    )


def _amounts(form: Form) -> list[str]:
    """The figures of a column that can be compared, the total and the staff's cost first."""
    amounts = [name for name in form.amounts if form.fields[name].unit == form.unit]
    first = [name for name in ("total_cost", "staff_cost") if name in amounts]
    if not amounts:
        raise _unfit(form, "amounts in its columns", "年度の列の金額")
    return list(dict.fromkeys([*first, *amounts]))


def _of_amounts(form: Form, link: str) -> _Start:
    whole, *others = _amounts(form)
    if not others:

        def case(value: object) -> Case:
            return _placed(link, {whole: value})

        return _not_negative(link + whole, case, whole, form)
    part = others[0]
    values = (
        {whole: 2000, part: 1000},
        {whole: 2000, part: 2000},
        {whole: 1000, part: 2000},
        {whole: _UNREADABLE, part: 1000},
        {whole: 1000},
        {part: 1000},
    )
    return _Start(
        f"{_dashed(part)}-above-{_dashed(whole)}",
        f"present({link}{whole}) and present({link}{part})",
        f"{link}{part} <= {link}{whole}",
        f"{_dashed(part, ' ').capitalize()} is more than {_dashed(whole, ' ')}",
        f"{_called(part, form)}が{_called(whole, form)}を上回っています",
        [_placed(link, value) for value in values],
    )


def _not_negative(path: str, case: Callable[[object], Case], name: str, form: Form) -> _Start:
    values = (1000, 0, "△ 1,000", _UNREADABLE, "", "△ 1")
    return _Start(
        f"{_dashed(name)}-below-zero",
        f"present({path})",
        f"{path} >= 0",
        f"{_dashed(name, ' ').capitalize()} is below zero",
        f"{_called(name, form)}が負の数です",
        [case(value) for value in values],
    )


def _of_figures(form: Form) -> _Start:
    name = _amounts(form)[0]

    def case(value: object) -> Case:
        return {"figure": name, **_nested({name: value})}

    start = _not_negative("figure", case, name, form)
    en, ja = "A figure is below zero", "負の数が記載されています"
    return start._replace(name="figure-below-zero", en=en, ja=ja)


def _of_evaluations(form: Form) -> _Start:
    if not form.evaluations or not form.evaluated:
        raise _unfit(form, "evaluations", "評価")
    amount, word = _amounts(form)[0], next(iter(form.evaluations))
    values = (1000, 0, "△ 1,000", _UNREADABLE)
    cases: list[Case] = [
        {"result": word, "evaluated": _nested({amount: value})} for value in values
    ]
    return _Start(
        f"evaluated-without-{_dashed(amount)}",
        f"present(result) and present(evaluated.{amount})",
        f"evaluated.{amount} > 0",
        f"A project without {_dashed(amount, ' ')} is evaluated",
        f"{_called(amount, form)}のない事業が評価されています",
        [*cases, {"evaluated": _nested({amount: 1000})}, {"result": word}],
    )


def _of_indicators(form: Form, name: Literal["target", "actual"], more: Case) -> _Start:
    if form.kpi is None:
        raise _unfit(form, "indicators", "指標")

    def case(value: object) -> Case:
        printed = {"actuals": {_YEAR: value}} if name == "actual" else {"target": value}
        return {"name": "利用者数", **more, **printed}

    return _not_negative(name, case, name, form)


def _of_claims() -> _Start:
    """A rule on shares, with cases as sentences say them, figure by figure."""
    figures = (
        {"whole": "40件", "part": "10件"},
        {"whole": "10件", "part": "40件"},
        {"whole": "4.0万件", "part": "4.02万件"},
        {"whole": "40件", "part": _UNREADABLE},
        {"whole": "40件"},
        {"part": "10件"},
        {"whole": "40件", "part": "40件"},
        {"whole": "40件", "part": "10件", "kind": "remainder"},
    )
    return _Start(
        "part-above-whole-in-the-text",
        'kind == "share" and present(whole) and present(part)',
        "part <= whole",
        "In the text, a part is larger than its whole",
        "文中の内数が、全体の数を上回っています",
        [{"kind": "share"} | stated for stated in figures],
    )


def _placed(link: str, values: Mapping[str, object]) -> Case:
    """The values of a row, or of the row that a link leads to."""
    row = _nested(values)
    return {link.rstrip("."): row} if link else row


def _nested(values: Mapping[str, object]) -> Case:
    """Values by dotted names, as a case has them."""
    case: Case = {}
    for name, value in values.items():
        source = name.removeprefix("funding.")
        if source != name:
            case.setdefault("funding", {})[source] = value
        else:
            case[name] = value
    return case


def _dashed(name: str, mark: str = "-") -> str:
    return name.removeprefix("funding.").replace("_", mark)


def _called(name: str, form: Form) -> str:
    """What a figure is called in Japanese: as the form labels it."""
    labels = form.fields[name].label if name in form.fields else ()
    # A label of two words stands under a heading.
    return "".join(labels[0].split()) if labels else japanese_label(name)


# — the file —


def _lines(content: Mapping[str, Any], chosen: Chosen, lang: Lang) -> Iterator[str]:
    def say(en: str, ja: str) -> str:
        return ja if lang == "ja" else en

    comments = {
        "code": say(
            "A code is permanent. The name says what is wrong.",
            "コードは一度付けたら変えません。名前は誤りを表します。",
        ),
        "severity": say(
            "error: cannot both be true; warning: probably wrong; note: worth a look.",
            "error：両立しない、warning：誤りの可能性がある、note：確認を勧める。",
        ),
        "forms": say("What it is for.", "規則の対象です。"),
        "each": say(
            "Which rows it is judged on, and which of them it applies to.",
            "何ごとに判定し、どの行に適用するかです。",
        ),
        "formula": say(
            "Where this does not hold, there is a finding.", "成り立たない行が指摘になります。"
        ),
        "title": say(
            "For the person who reads the finding, in both languages.",
            "指摘を読む人に向けて、両方の言語で書きます。",
        ),
    }
    for key, value in content.items():
        if key in comments:
            yield f"# {comments[key]}"
        yield f"{key} = {toml_value(value)}"
    yield ""
    yield "# " + say(
        "A case for every outcome that the rule can have, and at every bound. `auditor "
        "test-rules` runs them, and shows with --mutants which are missing.",
        "起こりうる結果と境界ごとに例を書きます。`auditor test-rules` で試験でき、"
        "--mutants を付けると不足している例を表示します。",
    )
    for number, case in enumerate(chosen.cases):
        yield from [""] if number else []
        yield from _table("cases", case)
    for number, mark in enumerate(chosen.equivalent):
        yield ""
        if not number:
            yield "# " + say(
                "What --mutants need not ask for: the changes that no case can notice.",
                "どの例でも気付けない変更です。--mutants の対象から除きます。",
            )
        yield from _table("equivalent", mark)


def _table(name: str, content: Mapping[str, object]) -> Iterator[str]:
    yield f"[[{name}]]"
    for key, value in content.items():
        yield f"{key} = {toml_value(value)}"
