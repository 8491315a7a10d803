"""How a form did on documents: the figures that it read of each, the numbers that it left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

from auditor.auditing.formats import ReportContext
from auditor.forms.model import Form
from auditor.records.model import Book, Document, Kpi, NotChecked, Sheet
from auditor.reports.findings import missed
from auditor.reports.layout import cut, entitled, hanging, painted, wrap
from auditor.reports.terminal import unread_text
from auditor.reports.wording import Wording

__all__ = ["Trial", "trial_data", "trial_text", "trials_of"]


class Trial(NamedTuple):
    """A document read with a form: its records, the figures that were read, the numbers that no
    record holds, and the figures of the form of which none was read.
    """

    document: Document
    records: int
    read: int
    unread: int
    without: tuple[str, ...]

    @property
    def share(self) -> float | None:
        """Which share of the document's numbers was read; None where it has none."""
        numbers = self.read + self.unread
        return self.read / numbers if numbers else None


def trials_of(book: Book, form: Form) -> Iterator[Trial]:
    """What a form read of each document of a book."""
    for document in book.documents:
        yield _trial_of(document, book, form)


def _trial_of(document: Document, book: Book, form: Form) -> Trial:
    sheets = [sheet for sheet in book.sheets if sheet.document == document.path]
    kpis = [kpi for kpi in book.kpis if kpi.document == document.path]
    records: list[Sheet | Kpi] = [*sheets, *kpis]
    figures = [*chain.from_iterable(record.every_figure() for record in records)]
    numbers = [name for name, _, figure in figures if figure.state == "number"]
    without = tuple(name for name in form.fields if name not in numbers) if sheets else ()
    unread = len(document.unread) + sum(len(part.unread) for part in document.parts)
    return Trial(document, len(records), len(numbers), unread, without)


def trial_text(
    form: Form,
    trials: Iterable[Trial],
    not_checked: Iterable[NotChecked],
    context: ReportContext,
    *,
    faulty: bool,
) -> str:
    """The form in a line, and how it did on each document. One that is ``faulty`` could be loaded,
    but not all that comes with it.
    """
    words = Wording(context.lang, {form.name: form})
    lines = [
        *_usable(form, context, words, faulty=faulty),
        *_lines(form, tuple(trials), tuple(not_checked), context, words),
    ]
    return "\n".join(lines) + "\n"


def _usable(form: Form, context: ReportContext, words: Wording, *, faulty: bool) -> Iterator[str]:
    """Whether the form can be used, and how much it reads."""
    say = words.say
    parts = [
        say(words.count(len(form.fields), "figure"), f"数値の項目{len(form.fields)}件"),
        say(words.count(len(form.labels), "text"), f"文字の項目{len(form.labels)}件"),
        say(words.count(len(form.rules), "rule"), f"規則{len(form.rules)}件"),
    ]
    counts, title = words.listed(parts), form.title
    if faulty:
        text = say(
            f"the form {form.name} ({title.en}) has faults: see the messages",
            f"様式 {form.name}（{title.ja}）に直すところがあります（メッセージを見てください）",
        )
    else:
        text = say(
            f"the form {form.name} ({title.en}) can be used: {counts}",
            f"様式 {form.name}（{title.ja}）は使えます（{counts}）",
        )
    for line in wrap(text, context.width):
        yield painted(line, "error" if faulty else "good", context.color)


def _lines(
    form: Form,
    trials: tuple[Trial, ...],
    not_checked: tuple[NotChecked, ...],
    context: ReportContext,
    words: Wording,
) -> Iterator[str]:
    say = words.say
    for trial in trials:
        yield from _trial(form, trial, context, words)
    if any(trial.unread for trial in trials):
        yield from unread_text([trial.document for trial in trials], context, words)
    if not_checked:
        yield from entitled(say("What could not be read", "読み取れなかったもの"), context.color)
    for reason in not_checked:
        yield from hanging("- ", cut(missed(reason, words), 600), context.width)


def _trial(form: Form, trial: Trial, context: ReportContext, words: Wording) -> Iterator[str]:
    say = words.say
    document = trial.document
    yield from entitled(
        words.listed([cut(document.path), words.year(document.fiscal_year)]), context.color
    )
    share = (
        ""
        if trial.share is None
        else say(f" ({_percent(trial.share)})", f"（{_percent(trial.share)}）")
    )
    numbers = trial.read + trial.unread
    yield say(
        f"{words.count(trial.records, 'record')}; figures read: {trial.read:,} of {numbers:,}"
        f"{share}; unread: {trial.unread:,}",
        f"記録{trial.records:,}件。読み取った数値：{numbers:,}件中{trial.read:,}件{share}。"
        f"未読：{trial.unread:,}件",
    )
    if trial.without:
        names = words.listed([words.field(name, form=form.name) for name in trial.without])
        text = say(f"no number was read of: {names}", f"数値が1つもなかった項目：{names}")
        yield from wrap(text, context.width)
    remarks = [remark.rule for remark in document.remarks]
    if remarks:
        counts = [
            say(f"{code} ({remarks.count(code)})", f"{code}（{remarks.count(code)}件）")
            for code in sorted(set(remarks))
        ]
        yield from wrap(
            words.labelled(say("remarks", "読み取り時の指摘"), words.listed(counts)), context.width
        )


def _percent(share: float) -> str:
    """A share as a whole number of per cent and one decimal, never rounded up to all."""
    return f"{int(share * 1000) / 10:.1f} %"


def trial_data(
    form: Form, trials: Iterable[Trial], not_checked: Iterable[NotChecked]
) -> dict[str, Any]:
    """The same for programs."""
    return {
        "form": form.name,
        "documents": [
            {
                "path": trial.document.path,
                "fiscal_year": trial.document.fiscal_year,
                "records": trial.records,
                "figures": trial.read,
                "unread": trial.unread,
                "without_number": list(trial.without),
            }
            for trial in trials
        ],
        "not_checked": [reason.model_dump(mode="json") for reason in not_checked],
    }
