"""The reading of claims, by the program's readers and by those of plugins.

A reader that fails on a sheet gives nothing there, and costs no other reader its claims.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, cast

from auditor.narrative.model import Claim, PluggedReader
from auditor.records.errors import AuditorError
from auditor.records.excerpts import harmless
from auditor.records.fields import SCOPES
from auditor.records.model import Evaluation, NotChecked, Sheet
from auditor.records.nearest import hint, nearest_name
from auditor.records.prose import texts_of
from auditor.records.sentences import EVALUATION_SECTIONS, SHEET_SECTIONS, Sentence
from auditor.records.text import Why
from auditor.rules.rows import Rows

if TYPE_CHECKING:
    from auditor.narrative.statements import SheetText

__all__ = ["ClaimReading"]

_MOST: Final = 10_000
"""As many claims a reader may give of a sheet; an iterator may have no end."""
_FIGURE: Final = re.compile("[0-9０-９]")
_NAMES: Final = {item.name: item.kind for item in SCOPES["claim"].named}


@dataclass
class ClaimReading:
    """Gives the claims of sheets. ``plugged`` are the readers of plugins. What a reader raises is
    added to ``not_checked``.
    """

    plugged: Sequence[PluggedReader] = ()
    not_checked: list[NotChecked] = field(default_factory=list[NotChecked])
    _failures: set[tuple[int, str, int]] = field(default_factory=set[tuple[int, str, int]])
    """The readers, documents and sheets that are reported: a sheet may be read more than once."""

    def __call__(self, rows: Rows, sheet: Sheet) -> Iterable[Claim]:
        """The claims of a sheet. Its sentences are looked at only where they have a figure, or a
        plugin may look for something else.
        """
        texts = list(texts_of(sheet))
        has_figures = any(map(_FIGURE.search, texts))
        if not texts or not (has_figures or self.plugged):
            return ()
        from auditor.narrative.claims import READERS  # few books have prose

        ours = (PluggedReader("", read) for read in (READERS if has_figures else ()))
        text = rows.prose(sheet)
        return list(
            chain.from_iterable(self._read(reader, text) for reader in (*ours, *self.plugged))
        )

    def _read(self, reader: PluggedReader, text: SheetText) -> Iterator[Claim]:
        try:
            claims = list(islice(reader.read(text), _MOST + 1))
            if len(claims) > _MOST:
                raise AuditorError(
                    f"it gives more than {_MOST:,} claims of one sheet",
                    f"1枚のシートについて{_MOST:,}件を超える記述を返しました",
                )
            if reader.plugin:
                for claim in claims:
                    _check(claim, text)
        except BaseException as fault:
            from auditor.records.foreign import is_interrupt  # few readers fail

            if is_interrupt(fault):
                raise
            failure = id(reader.read), text.sheet.document, text.sheet.number
            if failure not in self._failures:
                self._failures.add(failure)
                self.not_checked.append(_failed(reader, text.sheet, fault))
            return
        yield from claims


def _check(claim: object, text: SheetText) -> None:
    """Raises AuditorError where what a plugin gives is no claim that rules could be judged on."""
    if not isinstance(claim, Claim):
        shown = harmless(repr(claim))
        raise AuditorError(
            f"it gives {shown}; a Claim was expected", f"{shown} を返しました。Claim が必要です"
        )
    names = (*claim.figures, *claim.values, *claim.words, *claim.references)
    for name in names:
        first, _, rest = name.partition(".")
        is_member = _NAMES.get(first) == "figures"
        if first not in _NAMES or is_member != bool(rest):
            hint_en, hint_ja = hint(nearest_name(name, _NAMES))
            raise AuditorError(
                f"a claim has no {harmless(name)}{hint_en}",
                f"記述（claim）に {harmless(name)} という名前はありません{hint_ja}",
            )
    _check_sentence(claim.sentence, text.sheet)


def _check_sentence(sentence: Sentence, sheet: Sheet) -> None:
    """Raises AuditorError for a sentence that stands nowhere on the sheet."""
    if sentence.year is None:
        is_there = sentence.section in SHEET_SECTIONS
    else:
        evaluation: Evaluation | None = sheet.evaluations.get(sentence.year)
        is_there = evaluation is not None and sentence.section in EVALUATION_SECTIONS
    if not is_there:
        shown = harmless(sentence.section)
        raise AuditorError(
            f"the sheet has no text {shown}; make sentences by Statement.sentence()",
            f"シートに {shown} という記載はありません。文は Statement.sentence() で作ってください",
        )
    end = 0
    for mark in sentence.marks:
        if not end <= mark.start < mark.end <= len(sentence.text):
            raise AuditorError(
                f"the mark {harmless(mark.name)} stands beside the sentence, or over another one",
                f"印 {harmless(mark.name)} が文の外にあるか、ほかの印と重なっています",
            )
        end = mark.end


def _failed(reader: PluggedReader, sheet: Sheet, fault: BaseException) -> NotChecked:
    """That a reader of claims failed on a sheet."""
    from auditor.records.foreign import code_place, said_of  # few readers fail

    en, ja = said_of(fault)
    place = code_place(fault)
    if place is not None:
        en, ja = place.before(en, ja)
    whose_en = f"the reader of claims {_name(reader.read)} of plugin {reader.plugin} failed"
    whose_ja = (
        f"プラグイン {reader.plugin} の、文を読むプログラム {_name(reader.read)} が"
        "途中で止まりました"
    )
    if not reader.plugin:
        whose_en, whose_ja = "some sentences could not be read", "読み取れなかった文があります"
    return NotChecked(
        document=sheet.document,
        sheet=sheet.number,
        why=Why(code="claims-failed", en=f"{whose_en}: {en}", ja=f"{whose_ja}：{ja}"),
        excerpt=() if place is None else place.excerpt(),
    )


def _name(function: Callable[..., object]) -> str:
    return harmless(str(cast(object, getattr(function, "__name__", type(function).__name__))))
