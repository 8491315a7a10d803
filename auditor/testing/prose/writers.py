"""Writers of figures: each chooses true figures of one kind and writes them in one of its wordings."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from auditor.testing.prose import wordings
from auditor.testing.prose.model import NumberSlot, Passage, Piece, Slot, WordSlot
from auditor.testing.prose.pen import Pen, Topic, Writer

__all__ = ["WRITERS"]

Words = dict[str, str | Slot]
_CIRCLED: Final = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫"


def _words(topic: Topic) -> Words:
    return {
        "title": topic.title,
        "noun": topic.noun,
        "rate": topic.rate,
        "verb": topic.verb,
        "counter": topic.counter,
    }


def _years(pen: Pen) -> Words:
    """The years of the era, plain: 令和{this}年度."""
    return {
        "last": pen.plain(pen.year - 2019),
        "this": pen.plain(pen.year - 2018),
        "next": pen.plain(pen.year - 2017),
    }


# — shares —


def share(pen: Pen, topic: Topic) -> Passage:
    """A件中B件（C％）."""
    whole = pen.size()
    part = pen.integer(1, whole)
    words = _words(topic) | {
        "whole": pen.count("whole", whole, topic.counter),
        "part": pen.count("part", part, topic.counter),
        "ratio": pen.ratio("ratio", Fraction(part, whole)),
    }
    return pen.passage("share", pen.pick(wordings.SHARES), words)


def other_base(pen: Pen, topic: Topic) -> Passage:
    """A rate beside two counts of which it is not the ratio."""
    whole = pen.size()
    words = _words(topic) | {
        "whole": pen.count("whole", whole, topic.counter),
        "part": pen.count("part", pen.integer(1, whole), topic.counter),
        "ratio": pen.ratio("ratio", Fraction(pen.integer(1, 999), 1000)),
    }
    return pen.passage("other base", pen.pick(wordings.OTHER_BASES), words)


def quota(pen: Pen, topic: Topic) -> Passage:
    """More applications than there are places, or a plan outdone."""
    whole = pen.size(5)
    part = whole + pen.integer(1, 2 * whole)
    words = _words(topic) | {
        "whole": pen.count("whole", whole, topic.counter),
        "part": pen.count("part", part, topic.counter),
        "ratio": pen.ratio("ratio", Fraction(part, whole)),
        "times": pen.number("times", Fraction(part, whole), "", places=1),
    }
    return pen.passage("quota", pen.pick(wordings.QUOTAS), words)


def subset(pen: Pen, topic: Topic) -> Passage:
    """A whole and some of it; what is named is not all."""
    whole = pen.size(3)
    part = pen.integer(1, whole - 1)
    words = _words(topic) | {
        "whole": pen.count("whole", whole, topic.counter),
        "part": pen.count("part", part, topic.counter),
        "other": pen.count("other", pen.integer(1, whole - part), topic.counter),
    }
    return pen.passage("subset", pen.pick(wordings.SUBSETS), words)


# — sums —


def _parts(pen: Pen, least: int = 2) -> Sequence[str]:
    fitting = [labels for labels in wordings.PARTS if len(labels) >= least]
    return pen.pick(fitting)


def _joined(pen: Pen, labels: Sequence[str], slots: Sequence[NumberSlot]) -> list[Piece]:
    """市内12人、市外3人."""
    between = pen.pick(("、", "、", "・", "，", "　"))
    link = pen.pick(("", "", "：", " ", "は"))
    if between == "、" and link == "は":
        link = ""
    pieces: list[Piece] = []
    for label, slot in zip(labels, slots, strict=True):
        pieces += [between, label, pen.signs(link), slot]
    return pieces[1:]


def _bullets(pen: Pen, labels: Sequence[str], slots: Sequence[Slot]) -> list[Piece]:
    """A line for each part, the figures one under another."""
    mark = pen.pick(("・", "　・", "　　", "－", "○", "　- ", "◆", "□"))
    width = max(map(len, labels))
    link = pen.pick(("　", "：", "　　", "…", " "))
    pieces: list[Piece] = []
    for label, slot in zip(labels, slots, strict=True):
        pieces += ["\n", mark, label + "　" * (width - len(label)), pen.signs(link), slot]
    return pieces[1:]


def _filled(
    pen: Pen, kind: str, wording: str, words: Words, name: str, part: list[Piece]
) -> Passage:
    """A wording in which one name stands for several pieces."""
    before, _, after = wording.partition("{" + name + "}")
    head, tail = pen.passage(kind, before, words), pen.passage(kind, after, words)
    return Passage(kind, (*head.pieces, *part, *tail.pieces))


def _split(pen: Pen, counter: str, number: int) -> tuple[list[NumberSlot], NumberSlot]:
    values = [pen.integer(1, 10 ** pen.integer(1, 4)) for _ in range(number)]
    slots = [pen.count(f"parts.{at}", value, counter) for at, value in enumerate(values, 1)]
    return slots, pen.count("total", sum(values), counter)


def sum_of(pen: Pen, topic: Topic) -> Passage:
    """合計A件（B件、C件）."""
    labels = _parts(pen)
    slots, total = _split(pen, topic.counter, len(labels))
    wording = pen.pick(wordings.SUMS)
    words = _words(topic) | {"total": total}
    return _filled(pen, "sum", wording, words, "parts", _joined(pen, labels, slots))


def listed_sum(pen: Pen, topic: Topic) -> Passage:
    """A total with its parts in bullets below or above it."""
    labels = _parts(pen)
    slots, total = _split(pen, topic.counter, len(labels))
    wording = pen.pick(wordings.LISTED_SUMS)
    words = _words(topic) | {"total": total}
    return _filled(pen, "listed sum", wording, words, "bullets", _bullets(pen, labels, slots))


def money_sum(pen: Pen, topic: Topic) -> Passage:
    """Amounts in thousand or million yen that add up as printed."""
    labels = pen.pick(
        (("国費", "県費", "市費"), ("補助金", "一般財源"), ("委託料", "工事費", "事務費"))
    )
    unit, scale = pen.pick((("千円", 1000), ("円", 1), ("百万円", 10**6), ("万円", 10**4)))
    values = [pen.integer(1, 99_999) * scale for _ in labels]
    slots = [
        pen.number(f"parts.{at}", Fraction(value), unit, scale=scale)
        for at, value in enumerate(values, 1)
    ]
    total = pen.number("total", Fraction(sum(values)), unit, scale=scale)
    words = _words(topic) | {"noun": "事業費", "total": total, "verb": "支出された"}
    wording = pen.pick(wordings.SUMS)
    return _filled(pen, "money sum", wording, words, "parts", _joined(pen, labels, slots))


def subtotal(pen: Pen, topic: Topic) -> Passage:
    """Bullets with a subtotal between them; a part may be なし."""
    labels = ["一般競争入札", "随意契約", "その他"]
    values = [pen.integer(1, 9999) for _ in labels]
    first = pen.chance(30)
    unit, scale = pen.pick(((topic.counter, 1), ("千円", 1000)))
    if first:
        values[0] = 0

    def slot(name: str, value: int) -> NumberSlot:
        return pen.number(name, Fraction(value * scale), unit, scale=scale)

    gap = pen.pick(("　　　", "　", "："))
    pieces: list[Piece] = [
        *("・", labels[0], gap, "なし" if first else slot("parts.1", values[0])),
        *("\n・", labels[1], gap, slot("parts.2", values[1])),
        *("\n・小計", gap, slot("subtotal", values[0] + values[1])),
        *("\n・", labels[2], gap, slot("parts.3", values[2])),
        *("\n・合計", gap, slot("total", sum(values))),
    ]
    return Passage("subtotal", tuple(pieces))


def table(pen: Pen, topic: Topic) -> Passage:
    """A small table in the text, with a column of totals."""
    labels = _parts(pen, 3)
    slots, total = _split(pen, "", len(labels))
    gap = pen.pick(("　", " ", "　　", "\t"))
    word = pen.pick(("計", "合計"))
    if pen.chance(50):
        pieces: list[Piece] = [
            gap.join(["区分", *labels, word]),
            "\n",
            pen.signs(f"{topic.noun}（{topic.counter}）"),
        ]
        for slot in (*slots, total):
            pieces += [gap, slot]
        return Passage("table of a row", tuple(pieces))
    pieces = [gap.join(["区分", pen.signs(f"{topic.noun}（{topic.counter}）")])]
    for label, slot in zip(labels, slots, strict=True):
        pieces += ["\n", label, gap, slot]
    return Passage("table of a column", (*pieces, "\n", word, gap, total))


def years_table(pen: Pen, topic: Topic) -> Passage:
    """Three years side by side: no sum at all."""
    gap = pen.pick(("　", " ", "　　"))
    pieces: list[Piece] = ["年度"]
    for back in (2, 1, 0):
        pieces += [gap, f"Ｒ{pen.plain(pen.year - 2018 - back)}"]
    for noun, counter in (("金額", "千円"), ("件数", topic.counter)):
        pieces += ["\n", pen.signs(f"{noun}（{counter}）")]
        for back in (2, 1, 0):
            pieces += [gap, pen.count(f"{noun}.{back}", pen.size(), "")]
    return Passage("table of years", tuple(pieces))


def approximation(pen: Pen, topic: Topic) -> Passage:
    """約, 程度, ほか: nothing to be held against anything."""
    words = _words(topic) | {"n": pen.count("n", pen.integer(2, 9), "")}
    b, c = pen.integer(1, 500) * 10, pen.integer(1, 500) * 10
    low, mid, high = sorted((b, c, b + c))
    values = {"a": b + c, "b": b, "c": c, "low": low, "mid": mid, "high": high}
    for name, value in values.items():
        words[name] = pen.count(name, value, topic.counter)
    return pen.passage("approximation", pen.pick(wordings.APPROXIMATIONS), words)


def remainder(pen: Pen, topic: Topic) -> Passage:
    """17事業のうち１事業が辞退、16事業を審査."""
    whole = pen.size(3)
    part = pen.integer(1, whole - 1)
    words = _words(topic) | {
        "whole": pen.count("whole", whole, topic.counter),
        "part": pen.count("part", part, topic.counter),
        "rest": pen.count("rest", whole - part, topic.counter),
    }
    return pen.passage("remainder", pen.pick(wordings.REMAINDERS), words)


# — changes and products —


def _two_years(pen: Pen) -> tuple[int, int]:
    before = pen.size(10)
    after = (
        before + pen.integer(1, before) if pen.chance(50) else before - pen.integer(1, before - 1)
    )
    return before, after


def change(pen: Pen, topic: Topic) -> Passage:
    """前年度比A件増, with both figures."""
    before, after = _two_years(pen)
    rise = after > before
    direction = pen.pick(("増", "増加") if rise else ("減", "減少"))
    wording = pen.pick(wordings.CHANGES)
    if "{direction}し" in wording or "{direction}と" in wording or "の{direction}" in wording:
        direction = "増加" if rise else "減少"
    size = Fraction(abs(after - before))
    words = (
        _words(topic)
        | _years(pen)
        | {
            "before": pen.count("before", before, topic.counter),
            "after": pen.count("after", after, topic.counter),
            "difference": pen.count("difference", size, topic.counter),
            "ratio": pen.ratio("ratio", size / before),
            "direction": WordSlot("direction", direction),
        }
    )
    return pen.passage("change", wording, words)


def index(pen: Pen, topic: Topic) -> Passage:
    """前年度比112.2％: this year by last year's."""
    before, after = _two_years(pen)
    words = (
        _words(topic)
        | _years(pen)
        | {
            "before": pen.count("before", before, topic.counter),
            "after": pen.count("after", after, topic.counter),
            "index": pen.ratio("ratio", Fraction(after, before)),
        }
    )
    return pen.passage("index", pen.pick(wordings.RATIOS_OF_CHANGES), words)


def points(pen: Pen, topic: Topic) -> Passage:
    """Two rates, and how many points lie between them."""
    before, after = Fraction(pen.integer(100, 900), 1000), Fraction(pen.integer(100, 900), 1000)
    rise = after > before
    if before == after:
        after += Fraction(1, 1000)
        rise = True
    words = _words(topic) | {
        "before": pen.ratio("before", before, 1),
        "after": pen.ratio("after", after, 1),
        "difference": pen.number(
            "difference", abs(after - before), "ポイント", scale=Fraction(1, 100), places=1
        ),
        "direction": WordSlot(
            "direction", pen.pick(("上昇", "増加") if rise else ("低下", "減少"))
        ),
    }
    return pen.passage("points", pen.pick(wordings.POINTS), words)


def direction(pen: Pen, topic: Topic) -> Passage:
    """Which way it went, with both figures and no difference."""
    before, after = _two_years(pen)
    rise = after > before
    words = (
        _words(topic)
        | _years(pen)
        | {
            "before": pen.count("before", before, topic.counter),
            "after": pen.count("after", after, topic.counter),
            "direction": WordSlot("direction", "増加" if rise else "減少"),
            "above": WordSlot("above", "上回った" if rise else "下回った"),
        }
    )
    return pen.passage("direction", pen.pick(wordings.DIRECTIONS), words)


def product(pen: Pen, topic: Topic) -> Passage:
    """A product of which all factors are printed."""
    factor, times = pen.integer(2, 2000), pen.integer(2, 24)
    wording = pen.pick(wordings.PRODUCTS)
    if "{months}" in wording:
        times = 12
    price = pen.integer(1, 200) * 50
    words = _words(topic) | {
        "factor": pen.count("factors.1", factor, topic.counter),
        "times": pen.count("factors.2", times, "回"),
        "months": pen.count("factors.2", times, ""),
        "product": pen.count("product", factor * times, topic.counter),
        "price": pen.count("factors.1", price, "円"),
        "count": pen.count("factors.2", factor, topic.counter),
        "amount": pen.count("product", price * factor, "円"),
    }
    return pen.passage("product", wording, words)


def average(pen: Pen, topic: Topic) -> Passage:
    """A mean that was rounded: times as many, it is not the total."""
    times = pen.integer(3, 24)
    wording = pen.pick(wordings.AVERAGES)
    if "月平均" in wording:
        times = 12
    total = pen.size(times)
    words = _words(topic) | {
        "times": pen.count("times", times, "回"),
        "total": pen.count("total", total, topic.counter),
        "mean": pen.number("mean", Fraction(total, times), topic.counter, places=pen.pick((0, 1))),
    }
    return pen.passage("average", wording, words)


# — lists —

_PLACES: Final = (
    (
        "か所",
        ("市民会館", "中央公民館", "港文化センター", "東体育館", "駅前広場", "子育て支援センター"),
    ),
    ("校", ("第一小学校", "桜小学校", "港中学校", "森中学校", "中央小学校", "西小学校")),
    ("団体", ("港まつり実行委員会", "商工会議所", "観光協会", "青年会議所", "町内会連合会")),
    ("地区", ("東町地区", "西町地区", "駅前地区", "港地区", "山手地区")),
    ("回", ("第１回講習会", "第２回講習会", "第３回講習会", "第４回講習会")),
)


def count(pen: Pen, topic: Topic) -> Passage:
    """A stated count beside the list of what was counted."""
    counter, names = pen.pick(_PLACES)
    items = pen.labels(names, pen.integer(2, len(names)))
    if counter == "回":
        items = list(names[: len(items)])
    wording = pen.pick(wordings.COUNTS)
    words = _words(topic) | {
        "count": pen.count("stated", len(items), counter),
        "items": "、".join(items),
        "bullets": "\n".join(f"　・{item}" for item in items),
        "numbered": "\n".join(f"　{_CIRCLED[at]}{item}" for at, item in enumerate(items)),
    }
    kind = "count" if "items" in wording else "listed count"
    return pen.passage(kind, wording, words)


def count_of_more(pen: Pen, topic: Topic) -> Passage:
    """A list of some of what was counted."""
    counter, names = pen.pick(_PLACES[:-1])
    items = pen.labels(names, pen.integer(2, 3))
    words = _words(topic) | {
        "more": pen.count("stated", len(items) + pen.integer(1, 9), counter),
        "items": "、".join(items),
    }
    return pen.passage("count of more", pen.pick(wordings.COUNTS_OF_MORE), words)


# — what the sheet's tables say —


def target(pen: Pen, topic: Topic) -> Passage:
    """A target that was met."""
    aim = pen.size(5)
    actual = aim + pen.integer(1, aim)
    words = _words(topic) | {
        "target": pen.count("target", aim, topic.counter),
        "actual": pen.count("actual", actual, topic.counter),
        "ratio": pen.ratio("ratio", Fraction(actual, aim)),
    }
    return pen.passage("target", pen.pick(wordings.TARGETS), words)


def amount(pen: Pen, topic: Topic) -> Passage:
    """The total cost of the year, as its table prints it."""
    keys = [key for key, year in pen.sheet.years.items() if year.year == pen.year]
    settled = [key for key in keys if pen.sheet.years[key].kind == "settled"]
    before = [
        key
        for key, year in pen.sheet.years.items()
        if year.year == pen.year - 1 and year.kind == "settled"
    ]
    cost = pen.sheet.years[settled[0]].total_cost if settled else None
    earlier = pen.sheet.years[before[0]].total_cost if before else None
    if cost is None or cost.value is None:
        return plain(pen, topic)
    scale = _scale(cost.unit)
    if earlier is None or earlier.value is None or scale is None:
        return plain(pen, topic)
    words = _words(topic) | _years(pen)
    for name, figure in (("amount", cost), ("before", earlier)):
        value = Fraction(figure.value or 0) * scale
        words[name] = pen.number(name, value, cost.unit, scale=scale)
    return pen.passage("amount", pen.pick(wordings.AMOUNTS), words)


def _scale(unit: str) -> int | None:
    return {"円": 1, "千円": 1000, "万円": 10**4, "百万円": 10**6}.get(unit)


def indicator(pen: Pen, topic: Topic) -> Passage:
    """The last actual of an indicator, as the table of indicators prints it."""
    for kpi in pen.kpis:
        figure = kpi.actuals.get(str(pen.year))
        if figure is None or figure.value is None or kpi.project != pen.sheet.name:
            continue
        places = max(0, -int(figure.value.as_tuple().exponent))
        slot = pen.number("actual", Fraction(figure.value), kpi.unit, places=places)
        return pen.passage(
            "indicator", "{name}は{actual}であった。", {"name": kpi.name, "actual": slot}
        )
    return plain(pen, topic)


# — no claims —


def no_count(pen: Pen, topic: Topic) -> Passage:
    """Figures that count nothing."""
    return pen.passage("no count", pen.pick(wordings.NO_COUNTS), _words(topic))


def plain(pen: Pen, topic: Topic) -> Passage:
    """A sentence without figures."""
    return pen.passage("plain", pen.pick(wordings.PLAINS), _words(topic))


WRITERS: Final[tuple[Writer, ...]] = (
    share,
    sum_of,
    change,
    listed_sum,
    remainder,
    count,
    other_base,
    quota,
    subset,
    money_sum,
    subtotal,
    table,
    years_table,
    approximation,
    index,
    points,
    direction,
    product,
    average,
    count_of_more,
    target,
    amount,
    indicator,
    no_count,
    plain,
)
