"""A form that starts from one which a document nearly fits: the same but for the labels that the
document prints otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from auditor.drafting.codes import code_of, rule_prefix
from auditor.drafting.headings import printed_label
from auditor.forms.model import Form
from auditor.forms.words import squeezed
from auditor.readers.grid.cells import Grid, TextCell
from auditor.readers.grid.label_text import label_key
from auditor.readers.grid.labels import Labels
from auditor.readers.grid.stand_ins import stand_ins
from auditor.readers.near import Near, indicators_held_against
from auditor.readers.printed_grids import PrintedGrid
from auditor.records.figures import Place
from auditor.records.text import Text

__all__ = ["Replaced", "Start", "labels_replaced", "started_from"]

_INDICATORS: Final = "kpi."
"""What stands before the names of labels of indicators."""
_NOWHERE: Final = Place()


@dataclass(frozen=True)
class Replaced:
    """A label of a form that a document does not print, and what it prints instead; None where
    nothing there looks like it.
    """

    label: str
    instead: str | None


@dataclass(frozen=True)
class Start:
    """A form that starts from another one. ``content`` is that of its file; ``replaced`` has what
    differs, by the names of figures and texts; ``present`` counts the labels that are there.
    """

    base: Form
    source: str
    content: Mapping[str, Any]
    present: int
    replaced: Mapping[str, Replaced]

    @property
    def open(self) -> tuple[str, ...]:
        """The names of the labels that nothing in the document stands for."""
        return tuple(name for name, of in self.replaced.items() if of.instead is None)


def started_from(
    base: Form,
    grids: Sequence[PrintedGrid],
    source: str,
    name: str,
    taken: Collection[str] = (),
) -> Start:
    """The form called ``name`` for a document, whose labels are those of the ``base`` where the
    document has them. Its rules have codes of their own, with none of the ``taken`` prefixes.
    """
    labels = Labels(base)
    laid = [_grid(grid) for grid in grids]
    present: set[str] = set()
    texts: dict[str, Counter[str]] = {}
    for grid in laid:
        present.update(label.name for label in labels.find(grid))
        for of, box in stand_ins(labels, grid).items():
            texts.setdefault(of, Counter())[printed_label(box.label)] += 1

    fields = {of: field.label for of, field in base.fields.items() if field.label}
    every = {**fields, **base.labels}
    there = chain.from_iterable(words for of, words in every.items() if of in present)
    used = set(map(label_key, there))
    replaced: dict[str, Replaced] = {}
    for of, words in every.items():
        if of in present or not words:
            continue
        usual = (text for text, _ in texts.get(of, Counter[str]()).most_common())
        instead = next((text for text in usual if text and label_key(text) not in used), None)
        if instead is not None:
            used.add(label_key(instead))
        replaced[of] = Replaced(words[0], instead)

    cells = chain.from_iterable(grid.cells for grid in grids)
    printed = "\n".join(cell.text for cell in cells)
    of_sheets = dict(replaced)
    count = sum(of in present for of in every)
    indicators = indicators_held_against(base, printed)
    if indicators is not None:
        count += len(indicators.present)
        replaced |= _of_indicators(base, indicators)

    content = _content(base, name, replaced)
    _recode(content, rule_prefix(name, taken))
    whole = squeezed(printed)
    content["detect"] = list(_detect(base.detect, whole, of_sheets))
    if indicators is not None and base.kpi is not None:
        content["kpi"]["detect"] = list(_detect(base.kpi.detect, whole, replaced))
    return Start(base, source, content, count, replaced)


def _of_indicators(base: Form, near: Near) -> dict[str, Replaced]:
    """The labels of indicators that a document does not print. No heading is taken for two."""
    assert base.kpi is not None
    used = set(map(label_key, chain.from_iterable(base.kpi.labels.values())))
    replaced: dict[str, Replaced] = {}
    for label in near.missing:
        instead = label.like
        if instead is not None and label_key(instead) in used:
            instead = None
        if instead is not None:
            used.add(label_key(instead))
        replaced[f"{_INDICATORS}{label.name}"] = Replaced(label.label, instead)
    return replaced


def _grid(printed: PrintedGrid) -> Grid:
    """The cells of a worksheet or page as labels are looked for in them."""
    cells = (
        TextCell(cell.row, cell.column, cell.text, cell.place, cell.rows, cell.columns)
        for cell in printed.cells
        if cell.text
    )
    return Grid.of(cells, lambda row, column: _NOWHERE)


def _content(base: Form, name: str, replaced: Mapping[str, Replaced]) -> dict[str, Any]:
    """The content of the form's file."""
    content = base.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
    title = base.title
    content["name"] = name
    content["title"] = {"ja": f"{title.ja}を基にした様式", "en": f"Form after {title.en}"}
    fields: dict[str, dict[str, Any]] = content.get("fields", {})
    for of, other in replaced.items():
        if other.instead is None:
            continue
        if of in fields:
            fields[of]["label"] = [other.instead]
        elif of.startswith(_INDICATORS):
            content["kpi"]["labels"][of.removeprefix(_INDICATORS)] = [other.instead]
        else:
            content["labels"][of] = [other.instead]
    return content


def _recode(content: dict[str, Any], prefix: str) -> None:
    """Give the rules other codes: those of the form that they come from are still in use."""
    codes: dict[str, str] = {}
    rules: list[dict[str, Any]] = []
    for number, rule in enumerate(content.get("rules", ()), 1):
        codes[rule["code"]] = code = code_of(prefix, number)
        rules.append({key: part for key, part in rule.items() if key != "retired"} | {"code": code})
    if rules:
        content["rules"] = rules
    if severities := content.get("severities"):
        content["severities"] = {codes.get(of, of): as_ for of, as_ in severities.items()}


def _detect(stated: Sequence[str], words: str, replaced: Mapping[str, Replaced]) -> Iterator[str]:
    """The words that tell the form: those that the document has, and what it prints for others."""
    instead = {squeezed(other.label): other.instead for other in replaced.values()}
    texts = (word if squeezed(word) in words else instead.get(squeezed(word)) for word in stated)
    others = (other.instead for other in replaced.values())
    yield from list(dict.fromkeys(filter(None, chain(texts, others))))[: max(len(stated), 1)]


def labels_replaced(start: Start) -> Iterator[Text]:
    """What was put in the place of each label, a line each."""
    for other in start.replaced.values():
        if other.instead is None:
            yield Text(
                en=f"{other.label}: nothing in the document stands for it",
                ja=f"{other.label}：文書に当たる見出しがありません",
            )
        else:
            yield Text(en=f"{other.label} → {other.instead}", ja=f"{other.label} → {other.instead}")
