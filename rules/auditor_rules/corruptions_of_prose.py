"""Corruptions of the prose of a consistent book: each changes one thing that a sheet says, and says
beforehand which of the rules of texts must then fire.

Whether a passage is then surely false is worked out here by plain arithmetic, never by reading it
again. A change within the rounding of what is printed is not made: the function returns None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final, NamedTuple

from auditor.testing.build import Chooser, one_of
from auditor.testing.prose import DaySlot, NumberSlot, Passage, WithProse, WordSlot

__all__ = ["CORRUPTIONS_OF_PROSE", "OUT_OF_REACH", "ProseCorruption", "corrupt_prose", "gaps"]


@dataclass(frozen=True)
class ProseCorruption:
    """A book of which one passage is false. One of ``codes`` must fire on that sheet; ``was`` and
    ``now`` are the passage before and after.
    """

    kind: str
    made: WithProse
    codes: frozenset[str]
    sheet: int
    was: str
    now: str


Corrupter = Callable[[WithProse, Chooser], ProseCorruption | None]


class _At(NamedTuple):
    """A passage, by the places of its sheet and of itself."""

    sheet: int
    passage: int


def corrupt_prose(kind: str, made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """One corruption of a kind, or None where the book says nothing that it could change."""
    return CORRUPTIONS_OF_PROSE[kind](made, chooser)


# — where, and what it becomes —


def _places(made: WithProse, fits: Callable[[Passage], bool]) -> list[_At]:
    return [
        _At(at, index)
        for at, prose in enumerate(made.prose)
        for index, passage in enumerate(prose.passages)
        if fits(passage)
    ]


def _passage(made: WithProse, at: _At) -> Passage:
    return made.prose[at.sheet].passages[at.passage]


def _put(
    kind: str, made: WithProse, at: _At, now: Sequence[Passage], codes: str
) -> ProseCorruption:
    passages = made.prose[at.sheet].passages
    changed = (*passages[: at.passage], *now, *passages[at.passage + 1 :])
    return ProseCorruption(
        kind,
        made.with_passages(at.sheet, changed),
        frozenset(codes.split()),
        at.sheet,
        passages[at.passage].text,
        "\n".join(passage.text for passage in now),
    )


# — plain arithmetic on what a passage prints —


class Gap(NamedTuple):
    """How far two things are apart that should be equal, and what rounding may explain of it."""

    distance: Fraction
    slack: Fraction


def gaps(passage: Passage) -> Iterator[Gap]:
    """The relations that hold between the figures of a passage when it is true."""
    number = passage.numbers()
    match passage.kind:
        case "share":
            yield _rate(number["ratio"], number["part"].value, number["whole"].value)
        case "quota" | "target":
            part = number["part"] if passage.kind == "quota" else number["actual"]
            whole = number["whole"] if passage.kind == "quota" else number["target"]
            for name in ("ratio", "times"):
                if name in number:
                    yield _rate(number[name], part.value, whole.value)
        case "sum" | "listed sum" | "money sum" | "table of a row" | "table of a column":
            yield _sum(number["total"], _numbered(number))
        case "subtotal":
            parts = _numbered(number)
            yield _sum(number["subtotal"], [part for part in parts if part.name != "parts.3"])
            yield _sum(number["total"], parts)
        case "remainder":
            yield _sum(number["whole"], [number["part"], number["rest"]])
        case "product":
            size = number["factors.1"].value * number["factors.2"].value
            yield Gap(size - number["product"].value, Fraction(0))
        case "change" | "index" | "points":
            yield from _changes(passage, number)
        case _:
            return


def _numbered(number: Mapping[str, NumberSlot]) -> list[NumberSlot]:
    return [slot for name, slot in number.items() if name.startswith("parts.")]


def _rate(ratio: NumberSlot, part: Fraction, whole: Fraction) -> Gap:
    return Gap(part / whole - ratio.value, ratio.step) if whole else Gap(Fraction(1), Fraction(0))


def _sum(total: NumberSlot, parts: Sequence[NumberSlot]) -> Gap:
    slack = sum((slot.step for slot in (total, *parts) if not slot.exact), Fraction(0))
    return Gap(sum((part.value for part in parts), Fraction(0)) - total.value, slack)


def _changes(passage: Passage, number: Mapping[str, NumberSlot]) -> Iterator[Gap]:
    before, after = number["before"], number["after"]
    size = abs(after.value - before.value)
    if "difference" in number:
        difference = number["difference"]
        slots = (before, after, difference)
        slack = sum((slot.step for slot in slots if not slot.exact), Fraction(0))
        yield Gap(size - difference.value, slack)
    if "ratio" in number and before.value:
        part = after.value if passage.kind == "index" else size
        yield _rate(number["ratio"], part, before.value)


def surely_false(passage: Passage) -> bool:
    """Whether some relation is off by clearly more than rounding."""
    return any(abs(gap.distance) > 2 * gap.slack for gap in gaps(passage))


def slipped(slot: NumberSlot, chooser: Chooser) -> NumberSlot:
    """The figure with a typing slip: two digits swapped, one doubled, dropped or changed."""
    digits = str(int(slot.value / slot.step + Fraction(1, 2)))
    at = chooser.integer(0, len(digits) - 1)
    slips = [
        digits[:at] + str((int(digits[at]) + 1 + chooser.integer(0, 8)) % 10) + digits[at + 1 :],
        digits[:at] + digits[at + 1 : at + 2] + digits[at : at + 1] + digits[at + 2 :],
        digits[: at + 1] + digits[at:],
        digits[:at] + digits[at + 1 :],
    ]
    return slot.changed(int(one_of(chooser, slips) or "0") * slot.step)


def _slip_in(
    kind: str,
    made: WithProse,
    chooser: Chooser,
    kinds: Sequence[str],
    names: Sequence[str],
    codes: str,
) -> ProseCorruption | None:
    """A slip in one of the figures of these names, in a passage of these kinds."""

    def slots(passage: Passage) -> list[NumberSlot]:
        return [slot for name, slot in passage.numbers().items() if name.partition(".")[0] in names]

    places = _places(made, lambda passage: passage.kind in kinds and bool(slots(passage)))
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    slot = one_of(chooser, slots(passage))
    now = slipped(slot, chooser)
    changed = passage.with_slot(now)
    if now.value == slot.value or not now.value or not surely_false(changed):
        return None
    return _put(kind, made, at, [changed], codes)


_SUM_KINDS: Final = (
    "sum",
    "listed sum",
    "money sum",
    "subtotal",
    "table of a row",
    "table of a column",
)


def ratio_of_share(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A slip in the rate of a share."""
    return _slip_in("ratio_of_share", made, chooser, ["share"], ["ratio"], "TXT010")


def part_of_share(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A slip in the part of a share."""
    return _slip_in("part_of_share", made, chooser, ["share"], ["part"], "TXT010 TXT011")


def whole_of_share(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A slip in the whole of a share."""
    return _slip_in("whole_of_share", made, chooser, ["share"], ["whole"], "TXT010 TXT011")


def rate_of_target(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A slip in the rate at which a target or a quota was reached."""
    return _slip_in(
        "rate_of_target", made, chooser, ["target", "quota"], ["ratio", "times"], "TXT010"
    )


def total_of_sum(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A slip in a total or subtotal."""
    return _slip_in("total_of_sum", made, chooser, _SUM_KINDS, ["total", "subtotal"], "TXT012")


def part_of_sum(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A slip in a part of a sum."""
    return _slip_in("part_of_sum", made, chooser, _SUM_KINDS, ["parts"], "TXT012")


def figure_of_remainder(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A slip in a whole, a part or the rest."""
    names = ["whole", "part", "rest"]
    return _slip_in("figure_of_remainder", made, chooser, ["remainder"], names, "TXT014 TXT011")


def difference_of_change(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A slip in how much something rose or fell."""
    kinds = ["change", "points"]
    return _slip_in("difference_of_change", made, chooser, kinds, ["difference"], "TXT015")


def rate_of_change(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A slip in the rate of a change, or in this year by last year's."""
    kinds = ["change", "index"]
    return _slip_in("rate_of_change", made, chooser, kinds, ["ratio"], "TXT015")


def figure_of_change(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A slip in one of the two figures of a change."""
    kinds = ["change", "index", "points"]
    names = ["before", "after"]
    return _slip_in("figure_of_change", made, chooser, kinds, names, "TXT015 TXT016")


def figure_of_product(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A slip in a factor or in the product."""
    names = ["factors", "product"]
    return _slip_in("figure_of_product", made, chooser, ["product"], names, "TXT017")


# — words —

_TURNED: Final = {
    "増": "減",
    "増加": "減少",
    "上昇": "低下",
    "上回った": "下回った",
}
_OPPOSITES: Final = _TURNED | {after: before for before, after in _TURNED.items()}


def _with_words(passage: Passage, names: Sequence[str]) -> list[WordSlot]:
    slots = passage.slots
    return [
        slot
        for name, slot in slots.items()
        if isinstance(slot, WordSlot) and name.partition(".")[0] in names
    ]


def direction_turned_round(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """Rose for fell, or fell for rose."""
    places = _places(made, lambda passage: bool(_with_words(passage, ["direction", "above"])))
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    (word, *_) = _with_words(passage, ["direction", "above"])
    changed = passage.with_slot(word.changed(_OPPOSITES[word.text]))
    return _put("direction_turned_round", made, at, [changed], "TXT016")


def weekday_changed(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """Another weekday beside a day."""
    names = ["weekday", "weekday2"]
    places = _places(made, lambda passage: bool(_with_words(passage, names)))
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    word = one_of(chooser, _with_words(passage, names))
    days = "月火水木金土日".replace(word.text, "")
    return _put(
        "weekday_changed",
        made,
        at,
        [passage.with_slot(word.changed(one_of(chooser, days)))],
        "TXT021",
    )


def _day_slots(passage: Passage) -> list[DaySlot]:
    return [slot for slot in passage.slots.values() if isinstance(slot, DaySlot)]


def day_beside_weekday(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """Another day of the month beside a weekday that stays."""
    places = _places(
        made,
        lambda passage: (
            passage.kind in ("date", "dates") and bool(_with_words(passage, ["weekday"]))
        ),
    )
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    slot = one_of(chooser, _day_slots(passage))
    year, month, day = slot.day
    moved = date(year, month, day) + timedelta(days=one_of(chooser, (1, -1, 2, 10, -10)))
    if (moved - date(year, month, day)).days % 7 == 0 or moved.month != month:
        return None
    changed = passage.with_slot(slot.changed(moved.year, moved.month, moved.day))
    return _put("day_beside_weekday", made, at, [changed], "TXT021")


def day_that_does_not_exist(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """The 31st of a month that has 30 days, or the 30th of February."""
    places = _places(made, lambda passage: bool(_day_slots(passage)))
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    slot = one_of(chooser, _day_slots(passage))
    if slot.name in ("last", "first"):
        return None
    month, day = one_of(chooser, ((4, 31), (6, 31), (9, 31), (11, 31), (2, 30), (13, 5), (7, 32)))
    changed = passage.with_slot(slot.changed(slot.day[0], month, day))
    return _put("day_that_does_not_exist", made, at, [changed], "TXT020")


def period_turned_round(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A period that ends before it begins, both days with their years."""
    places = _places(made, lambda passage: passage.kind in ("period", "broken period"))
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    first, last = _day_slots(passage)
    if first.write(1999, 12, 31) != last.write(1999, 12, 31):
        # The last day is printed without what it shares with the first.
        return None
    if first.write(1999, 12, 31) == first.write(2000, 12, 31):
        return None
    changed = passage.with_slot(first.changed(*last.day)).with_slot(last.changed(*first.day))
    return _put("period_turned_round", made, at, [changed], "TXT023 TXT021")


def span_changed(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """Another number of days or years than there are between first and last."""
    places = _places(
        made,
        lambda passage: passage.kind in ("period", "years") and "stated_span" in passage.slots,
    )
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    slot = passage.numbers()["stated_span"]
    by = one_of(chooser, (2, -2, 10, 5))
    if slot.value + by < 1:
        return None
    changed = passage.with_slot(slot.changed(slot.value + by))
    return _put("span_changed", made, at, [changed], "TXT023")


def year_beside_changed(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A western year that is not the Japanese one beside it."""
    places = _places(made, lambda passage: passage.kind == "year pair")
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    slot = passage.slots["year"]
    assert isinstance(slot, WordSlot)
    year = int(slot.text)
    by = one_of(chooser, (1, -1, 10, 2))
    wide = slot.text != str(year)
    text = str(year + by)
    if wide:
        text = text.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    return _put("year_beside_changed", made, at, [passage.with_slot(slot.changed(text))], "TXT022")


# — counts and lists —


def stated_count_changed(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A stated count that the list beside it does not have."""
    kinds = ("count", "listed count", "dates")
    places = _places(made, lambda passage: passage.kind in kinds and "stated" in passage.slots)
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    slot = passage.numbers()["stated"]
    by = one_of(chooser, (1, -1, 2))
    if slot.value + by < 2:
        return None
    changed = passage.with_slot(slot.changed(slot.value + by))
    return _put("stated_count_changed", made, at, [changed], "TXT018")


def counters_exchanged(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A figure in the counter of the other two of its sentence."""
    kinds = ("change", "remainder", "share")
    places = _places(made, lambda passage: passage.kind in kinds)
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    slots = [slot for slot in passage.numbers().values() if slot.exact]
    slot = one_of(chooser, slots)
    other = one_of(chooser, ("枚", "台", "回", "ｍ"))
    if not slot.counter:
        return None
    printed = slot.text.removesuffix(slot.counter) + other
    changed = passage.with_slot(
        NumberSlot(slot.name, printed, slot.value, slot.step, True, slot.write)
    )
    return _put("counters_exchanged", made, at, [changed], "TXT019 TXT010 TXT014 TXT015")


# — the sheet's tables and targets —


def amount_changed(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A total cost in words that is not the one of the table."""
    return _unlike_the_table("amount_changed", made, chooser, "amount", "amount", "TXT030")


def indicator_changed(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """An actual in words that is not the one of the table of indicators."""
    return _unlike_the_table("indicator_changed", made, chooser, "indicator", "actual", "TXT031")


def _unlike_the_table(
    kind: str, made: WithProse, chooser: Chooser, of_kind: str, name: str, code: str
) -> ProseCorruption | None:
    places = _places(made, lambda passage: passage.kind == of_kind)
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    slot = passage.numbers()[name]
    now = slipped(slot, chooser)
    if abs(now.value - slot.value) <= 2 * slot.step or not now.value:
        return None
    return _put(kind, made, at, [passage.with_slot(now)], code)


def target_missed(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """An actual below the target that stands beside it."""
    places = _places(
        made, lambda passage: passage.kind == "target" and "ratio" not in passage.slots
    )
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    number = passage.numbers()
    value = Fraction(int(number["target"].value) - 1)
    changed = passage.with_slot(number["actual"].changed(value))
    return _put("target_missed", made, at, [changed], "TXT033 TXT036")


# — how a text is written —


def leftover_year(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """The year of last year's sheet left in a result."""
    places = _places(
        made,
        lambda passage: passage.kind == "fiscal year" and "年度は新たに" in passage.text,
    )
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    year = made.book.sheets[at.sheet].fiscal_year - 2018
    text = passage.text
    for this, last in ((str(year), str(year - 1)), (_wide(year), _wide(year - 1))):
        text = text.replace(f"令和{this}年度", f"令和{last}年度")
    if text == passage.text:
        return None
    return _put("leftover_year", made, at, [passage.with_text(text)], "TXT024")


def _wide(value: int) -> str:
    return str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９"))


def plan_item_dropped(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A numbered item of the plan of which the result says nothing."""
    marks = "①②③④⑤（(１２３４５12345"
    places = _places(
        made,
        lambda passage: (
            passage.kind == "heading" and passage.section == "achieved" and passage.text[0] in marks
        ),
    )
    places = [at for at in places if sum(place.sheet == at.sheet for place in places) > 1]
    if not places:
        return None
    at = one_of(chooser, places)
    heading = _passage(made, at)
    passages = tuple(
        passage
        for passage in made.prose[at.sheet].passages
        if passage.section != "achieved" or passage.item != heading.item
    )
    changed = made.with_passages(at.sheet, passages)
    return ProseCorruption(
        "plan_item_dropped", changed, frozenset({"TXT040"}), at.sheet, heading.text, ""
    )


def _retold(
    kind: str, made: WithProse, chooser: Chooser, retell: Callable[[Passage], str | None], code: str
) -> ProseCorruption | None:
    """A plain sentence of the result in other words."""
    places = _places(
        made, lambda passage: passage.kind == "plain" and passage.section == "achieved"
    )
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    text = retell(passage)
    if text is None or text == passage.text:
        return None
    return _put(kind, made, at, [passage.with_text(text)], code)


def result_in_future_tense(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A result that is still a plan."""

    def retell(passage: Passage) -> str | None:
        text = passage.text
        ends = {
            "実施した。": "実施する予定である。",
            "図った。": "図ることとしている。",
            "努めた。": "努める予定。",
            "導入した。": "導入する予定である。",
        }
        for end, other in ends.items():
            if text.endswith(end):
                return text.removesuffix(end) + other
        return None

    return _retold("result_in_future_tense", made, chooser, retell, "TXT041")


def sentence_cut(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A sentence that ends in the middle."""

    def retell(passage: Passage) -> str | None:
        for end in ("を", "に", "が", "の"):
            before, sign, _ = passage.text.rpartition(end)
            if sign and len(before) > 8:
                return before + sign
        return None

    return _retold("sentence_cut", made, chooser, retell, "TXT043")


def particle_doubled(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """を twice."""

    def retell(passage: Passage) -> str | None:
        return passage.text.replace("を", "をを", 1) if "を" in passage.text else None

    return _retold("particle_doubled", made, chooser, retell, "TXT044")


def widths_mixed(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A figure of which one digit has another width."""

    def fits(passage: Passage) -> bool:
        return any(len(slot.text) > 4 for slot in passage.numbers().values())

    places = _places(made, fits)
    if not places:
        return None
    at = one_of(chooser, places)
    passage = _passage(made, at)
    slots = [slot for slot in passage.numbers().values() if len(slot.text) > 4]
    slot = one_of(chooser, slots)
    first = slot.text[0]
    swap = {**dict(zip("0123456789", "０１２３４５６７８９", strict=True))}
    swap |= {wide: half for half, wide in swap.items()}
    if first not in swap or slot.text[1] not in swap:
        return None
    printed = swap[first] + slot.text[1:]
    changed = passage.with_slot(
        NumberSlot(slot.name, printed, slot.value, slot.step, slot.exact, slot.write, slot.counter)
    )
    return _put("widths_mixed", made, at, [changed], "TXT045")


def plan_word_for_word(made: WithProse, chooser: Chooser) -> ProseCorruption | None:
    """A result that repeats the plan."""
    sheets = [at for at, prose in enumerate(made.prose) if prose.passages]
    if not sheets:
        return None
    at = one_of(chooser, sheets)
    sheet = made.book.sheets[at]
    copied = sheet.model_copy(update={"achieved": sheet.planned})
    sheets_after = (*made.book.sheets[:at], copied, *made.book.sheets[at + 1 :])
    book = made.book.model_copy(update={"sheets": sheets_after})
    return ProseCorruption(
        "plan_word_for_word",
        WithProse(book, made.prose),
        frozenset({"TXT042"}),
        at,
        sheet.achieved,
        sheet.planned,
    )


CORRUPTIONS_OF_PROSE: Final[Mapping[str, Corrupter]] = {
    corrupter.__name__: corrupter
    for corrupter in (
        ratio_of_share,
        part_of_share,
        whole_of_share,
        rate_of_target,
        total_of_sum,
        part_of_sum,
        figure_of_remainder,
        difference_of_change,
        rate_of_change,
        figure_of_change,
        figure_of_product,
        direction_turned_round,
        weekday_changed,
        day_beside_weekday,
        day_that_does_not_exist,
        period_turned_round,
        span_changed,
        year_beside_changed,
        stated_count_changed,
        counters_exchanged,
        amount_changed,
        indicator_changed,
        target_missed,
        leftover_year,
        plan_item_dropped,
        result_in_future_tense,
        plan_word_for_word,
        sentence_cut,
        particle_doubled,
        widths_mixed,
    )
}
"""Every kind of corruption of a sentence, by name."""

OUT_OF_REACH: Final[Mapping[str, str]] = {
    "figure_of_product": "products are judged only where they are asked for (TXT017)",
}
"""The kinds that no rule of the default selection looks for, with why."""
