"""What rules are for: names of forms and domains, and the rules that stand in a form's own file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final, cast

from auditor.forms.model import BUDGET_BOOKS, EVERY_FORM, RESULT_SHEETS, Form
from auditor.formula.tree import Vocabulary
from auditor.records.nearest import hint, nearest_name
from auditor.records.text import Text
from auditor.rules.loading import build_rule, with_defaults
from auditor.rules.rule import Rule, RuleError
from auditor.toml.reading import Table, bytes_of, parsed

__all__ = ["check_forms", "rule_of_form"]

_WHY: Final = {"en": "The form says that it holds.", "ja": "様式が定めている条件です。"}


def rule_of_form(form: Form, number: int, source: str, vocabulary: Vocabulary) -> Rule:
    """The rule that is the ``number``-th of a form's file, counted from 0, for that form alone.

    It needs a code, a title (which may be one text for both languages) and a formula; all else
    has defaults. Raises RuleError with the file, the rule's number, the key and the column.
    """
    stated = form.rules[number]
    place = f"{source}: [[rules]] {number + 1}"
    if "forms" in stated:
        en, ja = (
            f"a rule in the file of a form is for that form, {form.name}",
            f"様式のファイルにある規則は、その様式（{form.name}）だけが対象です",
        )
        raise RuleError(place, "forms", Text(en=en, ja=ja))
    data = with_defaults({"why": _WHY, **stated, "forms": (form.name,)})
    if (rows := form.table or form.listed) is not None:
        data.setdefault("each", rows.rows)
    cases = data.get("cases")
    if isinstance(cases, list | tuple):
        data["cases"] = [_on_form(case, form) for case in cast("list[object]", cases)]
    try:
        return replace(build_rule(data, place, vocabulary), path=source)
    except RuleError:
        # Where it stands is looked for only where something is wrong.
        content = bytes_of(Path(source), "form file", "様式ファイル")
        if isinstance(content, bytes):
            table = Table(parsed(content), ("rules", number), data)
            build_rule(data, source, vocabulary, table=table)
        raise


def _on_form(case: object, form: Form) -> object:
    """A case of a form's rule; what is no table is left to the checks of the types."""
    if not isinstance(case, Mapping):
        return case
    return {"form": form.name, **cast("Mapping[str, object]", case)}


def check_forms(rule: Rule, forms: Iterable[Form]) -> bool:
    """True; raises RuleError where a rule is for a form or domain that there is not."""
    stated = chain.from_iterable((form.name, form.domain) for form in forms)
    names = {EVERY_FORM, RESULT_SHEETS, BUDGET_BOOKS, *filter(None, stated)}
    for name in rule.file.forms:
        if name in names:
            continue
        nearest = nearest_name(name, names)
        hint_en, hint_ja = hint(nearest)
        if nearest is None:
            names_ja = "、".join(sorted(names))
            hint_en, hint_ja = (
                f"; there are {', '.join(sorted(names))}",
                f"。使えるもの：{names_ja}",
            )
        message = Text(
            en=f"there is no form or domain {name}{hint_en}",
            ja=f"{name} という様式・分野はありません{hint_ja}",
        )
        from auditor.rules.definitions import fault_of_rule  # few rules name such a form

        raise fault_of_rule(rule, ("forms", list(rule.file.forms).index(name)), message)
    return True
