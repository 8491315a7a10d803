"""Forms that a document nearly fits: which of a form's labels occur in it, which don't, and what it
prints that looks like those.

Only a document that no form fits, or of which nothing could be read, is looked at so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from auditor.forms.loading import load_form
from auditor.forms.model import Form, FormError
from auditor.forms.words import squeezed
from auditor.readers.grid.label_text import label_key, plain_label
from auditor.readers.grid.labels import Labels
from auditor.readers.source import UnreadableDocument, titles
from auditor.readers.wording import folded
from auditor.readers.years_in_headings import without_year
from auditor.records.nearest import nearest_text
from auditor.records.text import Text

__all__ = [
    "DocumentTexts",
    "MissingLabel",
    "Near",
    "NoForm",
    "held_against",
    "indicators_held_against",
    "near_form",
    "no_form",
    "without_labels",
]

_NEAR: Final = 0.6
"""Which share of its labels has to occur in a document that a form is near to."""
_FEWEST: Final = 3
"""How many labels have to occur in any case, where a form has so many."""
_LONG: Final = 4
"""A label of so many characters is no part of another word by chance."""
_LONGEST: Final = 80
_MOST_TEXTS: Final = 20_000
"""How many texts of a document are looked through for labels."""
_MOST_OTHERS: Final = 3_000
"""How many of them are looked through for those that look like a label."""
_MOST_LISTED: Final = 6

_GAP: Final = re.compile(r"[,\t\u3000]|\s{2,}")
_UNIT: Final = re.compile(r"\s*[(（][^()（）]*[)）]\s*$")


class DocumentTexts:
    """The texts of a document: its lines, what stands apart on them, and all of it as one text."""

    def __init__(self, words: str) -> None:
        self._words = words

    @cached_property
    def body(self) -> str:
        """The whole, as long labels are looked for in it."""
        return label_key(self._words)

    @cached_property
    def squeezed(self) -> str:
        """The whole, as the words of ``detect`` are looked for in it."""
        return squeezed(folded(self._words))

    def has(self, label: str) -> bool:
        """Whether a label occurs: somewhere, or as a text of its own where it is short."""
        key = label_key(label)
        return key in (self.body if len(key) >= _LONG else self._keys)

    def holds(self, label: str) -> bool:
        """Whether the words of a label occur anywhere."""
        return all(label_key(part) in self.body for part in label.split())

    @cached_property
    def _keys(self) -> frozenset[str]:
        """The texts as labels are compared, also without their units and years."""
        keys: set[str] = set()
        for text in self.texts:
            plain = label_key(_UNIT.sub("", text))
            keys.update((label_key(text), plain, without_year(plain)[0]))
        return frozenset(keys)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Lines and their parts that can be labels, each once."""
        texts: dict[str, None] = {}
        for text in self._parts():
            texts.setdefault(text)
            if len(texts) >= _MOST_TEXTS:
                break
        return tuple(texts)

    def _parts(self) -> Iterator[str]:
        for line in self._words.splitlines():
            parts = (line, *_GAP.split(line), *line.split())
            for part in parts:
                text = part.strip().strip('"')
                if text and len(text) <= _LONGEST and any(map(str.isalpha, text)):
                    yield text


class MissingLabel(NamedTuple):
    """A label that does not occur in a document: its name in the form, how the form prints it, and
    a text of the document that looks like it, if there is one.
    """

    name: str
    label: str
    like: str | None = None


class Near(NamedTuple):
    """A form held against a document: the names of the labels that occur there, those that don't,
    and the words of ``detect`` that don't.
    """

    form: Form
    present: tuple[str, ...]
    missing: tuple[MissingLabel, ...]
    words: tuple[str, ...]

    @property
    def share(self) -> float:
        """Which share of the labels occurs."""
        return len(self.present) / max(len(self.present) + len(self.missing), 1)

    @property
    def is_near(self) -> bool:
        """Whether most labels occur, and not just one or two."""
        count = len(self.present) + len(self.missing)
        return len(self.present) >= min(_FEWEST, max(count, 1)) and self.share >= _NEAR

    def lacking(self) -> Text:
        """What was not found, as a list for people."""
        labels = dict.fromkeys(self.words, "")
        labels |= {missing.label: missing.like or "" for missing in self.missing}
        shown = list(labels.items())[:_MOST_LISTED]
        en = ", ".join(f"{label} ({like} instead?)" if like else label for label, like in shown)
        ja = "、".join(
            f"{label}（「{like}」のことですか）" if like else label for label, like in shown
        )
        if more := len(labels) - len(shown):
            en, ja = f"{en} and {more} more", f"{ja}、ほか{more}件"
        return Text(en=en, ja=ja)


def near_form(words: str, forms: Iterable[Form]) -> Near | None:
    """The form of whose labels most occur in a document's words; None where there is none that is
    near.
    """
    document = DocumentTexts(words)
    best: Near | None = None
    for form in forms:
        for near in _aspects(form, document) if _may_be_near(form, document) else ():
            rank = (near.share, -len(near.words), len(near.present))
            if near.is_near and (
                best is None or rank > (best.share, -len(best.words), len(best.present))
            ):
                best = near
    return None if best is None else _with_likenesses(best, document)


def _may_be_near(form: Form, document: DocumentTexts) -> bool:
    """Whether enough of a form's labels occur anywhere in a document, be it in other words. Most
    forms don't come so far as to be held against each of its texts.
    """
    aspects = [_labels(form)] if form.kpi is None else [_labels(form), form.kpi.labels]
    for labels in aspects:
        stated = [words for words in labels.values() if words]
        present = sum(any(document.holds(word) for word in words) for words in stated)
        if present and present >= _NEAR * len(stated):
            return True
    return False


def _labels(form: Form) -> dict[str, tuple[str, ...]]:
    """The labels of a form's figures and texts, by their names."""
    of_fields = {name: definition.label for name, definition in form.fields.items()}
    return {**of_fields, **form.labels}


def held_against(form: Form, words: str) -> Near:
    """A form held against a document's words: by its sheets, or by its table of indicators where
    more of that occurs.
    """
    document = DocumentTexts(words)
    nearest = max(_aspects(form, document), key=lambda near: len(near.present))
    return _with_likenesses(nearest, document)


def indicators_held_against(form: Form, words: str) -> Near | None:
    """A form's table of indicators held against a document's words; None where too little of it
    occurs for the document to have such a table.
    """
    if form.kpi is None:
        return None
    document = DocumentTexts(words)
    near = _near(form, form.kpi.detect, form.kpi.labels, (), document)
    return _with_likenesses(near, document) if near.is_near else None


def _aspects(form: Form, document: DocumentTexts) -> Iterator[Near]:
    """The form's sheets, and its table of indicators, held against a document."""
    if form.fields:
        labels = Labels(form)
        names = {match.name for text in document.texts for match in labels.matches(text)}
        yield _near(form, form.detect, _labels(form), names, document)
    if form.kpi is not None:
        yield _near(form, form.kpi.detect, form.kpi.labels, (), document)


def _near(
    form: Form,
    detect: Iterable[str],
    labels: Mapping[str, Sequence[str]],
    names: Collection[str],
    document: DocumentTexts,
) -> Near:
    """The labels of some names held against a document, in which labels of ``names`` were seen."""
    present: list[str] = []
    missing: list[MissingLabel] = []
    for name, words in labels.items():
        if not words:
            continue
        if name in names or any(_occurs(word, document) for word in words):
            present.append(name)
        else:
            missing.append(MissingLabel(name, words[0]))
    lacking = tuple(word for word in detect if squeezed(word) not in document.squeezed)
    return Near(form, tuple(present), tuple(missing), lacking)


def _occurs(label: str, document: DocumentTexts) -> bool:
    """Whether a label occurs, or in a list a heading and the one over it."""
    return document.has(label) or all(document.has(part) for part in label.split())


def _with_likenesses(near: Near, document: DocumentTexts) -> Near:
    """The same with the texts of the document that look like the missing labels."""
    labels = Labels(near.form)
    others = {
        plain: _UNIT.sub("", text) or text
        for text in islice(document.texts, _MOST_OTHERS)
        if not labels.matches(text) and (plain := plain_label(text))
    }
    missing = tuple(
        label._replace(like=others.get(nearest_text(plain_label(label.label), others) or ""))
        for label in near.missing
    )
    return near._replace(missing=missing)


def no_form(
    path: str, words: str, forms: Mapping[str, Form], catalogue: Mapping[str, Path]
) -> NoForm:
    """The fault of a document that no form fits: the nearest form, in use or in the catalogue, with
    what it has and the document lacks, and how to make one.
    """
    near = near_form(words, [*forms.values(), *_forms_at(tuple(catalogue.values()))])
    draft = _draft_command(path)
    if near is None:
        names = ", ".join(forms) or "-"
        en = (
            f"no form fits the text (known: {names}); name one with --form, or draft one with "
            f"`{draft}`"
        )
        ja = (
            f"この文書に合う様式がありません。登録されている様式：{titles(forms.values())}。"
            f"--form で様式を指定するか、{draft} で様式の案を作ってください"
        )
    elif near.form.name in catalogue and near.form.name not in forms:
        en, ja = _near_in_catalogue(near, path)
    else:
        name, lacking = near.form.name, near.lacking()
        en = (
            f"no form fits the text. Closest: {name} ({near.form.title.en}); not found: "
            f"{lacking.en}. Start from it with `{draft} --from {name}`, or read the document "
            f"as it is with --form {name}"
        )
        ja = (
            f"この文書に合う様式がありません。最も近い様式：{near.form.title.ja}（{name}）。"
            f"見つからないもの：{lacking.ja}。この様式を基に案を作るには {draft} --from {name}、"
            f"この様式のまま読み取るには --form {name} を指定してください"
        )
    if any(form.table is not None for form in forms.values()):
        en += "; for a table, give --table"
        ja += "。表であれば --table を付けてください"
    return NoForm(path, near, en, ja)


class NoForm(UnreadableDocument):
    """A document that no form fits, with the one that it nearly fits."""

    def __init__(self, path: str, near: Near | None, en: str, ja: str) -> None:
        super().__init__(path, "no-form", en, ja)
        self.near = near


def _near_in_catalogue(near: Near, path: str) -> tuple[str, str]:
    """That a form of the catalogue is the nearest, and how to try it."""
    form, lacking = near.form, near.lacking()
    file, draft = _quoted(path), _draft_command(path)
    en = f"no form fits the text. Closest in the catalogue: {form.name} ({form.title.en})"
    ja = f"この文書に合う様式がありません。最も近い様式例：{form.title.ja}（{form.name}）"
    if lacking.en:
        en, ja = f"{en}; not found: {lacking.en}", f"{ja}。見つからないもの：{lacking.ja}"
    en += (
        f". What it reads is said by `auditor forms check {form.name} {file}`; start from it with "
        f"`{draft} --from {form.name}`, or draft a form of the document alone "
        f"with `{draft}`"
    )
    ja += (
        f"。読み取れるかどうかは auditor forms check {form.name} {file} で確かめられます。"
        f"これを基に様式を作るには {draft} --from {form.name}、"
        f"文書だけから様式の案を作るには {draft} を使ってください"
    )
    return en, ja


@lru_cache(maxsize=8)
def _forms_at(files: tuple[Path, ...]) -> tuple[Form, ...]:
    """The forms of files; those that can't be used are no help, and are reported where they are
    named.
    """
    forms: list[Form] = []
    for file in files:
        with suppress(FormError):
            forms.append(load_form(file))
    return tuple(forms)


def without_labels(fault: UnreadableDocument, form: Form, words: str) -> UnreadableDocument:
    """The fault of a document of which nothing could be read as a form, with the labels of the form
    that do not occur in it; as it is where all of them do.
    """
    near = held_against(form, words)
    if not near.missing:
        return fault
    message, lacking = fault.message, near.lacking()
    en = f"{message.en}; not found of the form {form.name}: {lacking.en}"
    ja = f"{message.ja}。様式 {form.name} の項目のうち見つからないもの：{lacking.ja}"
    if near.is_near:
        command = f"{_draft_command(fault.path)} --from {form.name}"
        en += f". Start from this form with `{command}`"
        ja += f"。この様式を基に案を作るには {command} を実行してください"
    return UnreadableDocument(fault.path, message.code, en, ja)


def _draft_command(path: str) -> str:
    """The command that drafts a form for a document."""
    return f"auditor draft-form {_quoted(path)}"


def _quoted(path: str) -> str:
    return f'"{path}"' if any(map(str.isspace, path)) else path
