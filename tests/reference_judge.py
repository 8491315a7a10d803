"""A slow, obvious judge of its own: formulas as plain tuples, answered by trying the corners of
every figure's interval.

An open end is tried a hair inside. With every figure used once, sums, differences, products and
quotients are monotone in each figure, so the corners bound what a side can be; that makes the
answers exact. It shares no code with the program.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

HAIR = Fraction(1, 10**9)
ORDER = ("no", "unknown", "may", "yes")

# A figure is "blank", "text", or (lo, hi, lo_open, hi_open); a point has lo == hi.
Figures = Mapping[str, Any]
Tree = tuple[Any, ...]


def corners(figure: Any) -> tuple[Fraction, ...]:
    lo, hi, lo_open, hi_open = figure
    return (
        (Fraction(lo),)
        if lo == hi
        else (Fraction(lo) + (HAIR if lo_open else 0), Fraction(hi) - (HAIR if hi_open else 0))
    )


def names(tree: Tree) -> list[str]:
    """The figures that a tree names, each as often as it names it."""
    if tree[0] in ("field", "zero", "present", "blank"):
        return [tree[1]]
    if tree[0] == "number":
        return []
    below = tree[1] if tree[0] in ("sum", "min", "max", "and", "or") else tree[1:]
    return [name for part in below for name in names(part)]


def number(tree: Tree, figures: Figures, at: Mapping[str, Fraction]) -> Fraction | str:
    """A number where every figure has the value of ``at``; "blank" or "unknown" where there is
    none.
    """
    kind = tree[0]
    if kind == "number":
        return Fraction(tree[1])
    if kind in ("field", "zero"):
        figure = figures[tree[1]]
        if figure == "blank":
            return Fraction(0) if kind == "zero" else "blank"
        return "unknown" if figure == "text" else at[tree[1]]
    if kind in ("sum", "min", "max"):
        values = [number(part, figures, at) for part in tree[1]]
        if "unknown" in values:
            return "unknown"
        printed = [value for value in values if not isinstance(value, str)]
        return {"sum": sum, "min": min, "max": max}[kind](printed) if printed else "blank"
    values = [number(part, figures, at) for part in tree[1:]]
    if any(isinstance(value, str) for value in values):
        return "unknown"
    if kind == "negative":
        return -values[0]
    if kind == "abs":
        return abs(values[0])
    left, right = values
    if kind == "/":
        return "unknown" if right == 0 else left / right
    return {"+": left + right, "-": left - right, "*": left * right}[kind]


def assignments(tree: Tree, figures: Figures, *, inside: bool) -> Iterator[dict[str, Fraction]]:
    """Every choice of corners (and, with ``inside``, of middles) for the figures of a tree."""
    used = sorted({name for name in names(tree) if figures[name] not in ("blank", "text")})
    tried = [corners(figures[name]) for name in used]
    if inside:
        tried = [(*ends, (ends[0] + ends[-1]) / 2, (ends[0] * 2 + ends[-1]) / 3) for ends in tried]
    for values in itertools.product(*tried):
        yield dict(zip(used, values, strict=True))


def divides_by_zero(tree: Tree, figures: Figures) -> bool:
    """Whether a divisor may be 0, or as near to it as one likes."""
    if tree[0] in ("field", "zero", "present", "blank", "number"):
        return False
    below = tree[1] if tree[0] in ("sum", "min", "max", "and", "or") else tree[1:]
    if any(divides_by_zero(part, figures) for part in below):
        return True
    if tree[0] != "/":
        return False
    values = [number(tree[2], figures, at) for at in assignments(tree[2], figures, inside=False)]
    plain = [value for value in values if not isinstance(value, str)]
    return bool(plain) and min(plain) <= 10 * HAIR and max(plain) >= -10 * HAIR


def holds(operator: str, left: Fraction, right: Fraction) -> bool:
    return {
        "==": left == right,
        "!=": left != right,
        "<": left < right,
        "<=": left <= right,
        ">": left > right,
        ">=": left >= right,
    }[operator]


def answer(tree: Tree, figures: Figures) -> str:
    """What a condition answers; exact where every comparison uses each figure once and no
    ``abs``.
    """
    kind = tree[0]
    if kind in ("and", "or"):
        pick = min if kind == "and" else max
        return pick((answer(part, figures) for part in tree[1]), key=ORDER.index)
    if kind == "not":
        return {"yes": "no", "no": "yes"}.get(inner := answer(tree[1], figures), inner)
    if kind in ("present", "blank"):
        figure = figures[tree[1]]
        return (
            "unknown"
            if figure == "text"
            else "yes"
            if (figure == "blank") is (kind == "blank")
            else "no"
        )
    if divides_by_zero(tree, figures):
        return "unknown"
    gaps: list[Fraction] = []
    for at in assignments(tree, figures, inside=False):
        left, right = number(tree[1], figures, at), number(tree[2], figures, at)
        if isinstance(left, str) or isinstance(right, str):
            return "unknown"
        gaps.append(left - right)
    least, most = min(gaps), max(gaps)
    if kind == "!=":
        return {"yes": "no", "no": "yes"}.get(inner := answer(("==", *tree[1:]), figures), inner)
    if kind == "==":
        return "yes" if least == most == 0 else "may" if least <= 0 <= most else "no"
    if kind in (">", ">="):
        least, most, kind = -most, -least, {">": "<", ">=": "<="}[kind]
    sure, possible = (most < 0, least < 0) if kind == "<" else (most <= 0, least <= 0)
    return "yes" if sure else "may" if possible else "no"


def sampled(tree: Tree, figures: Figures, at: Mapping[str, Fraction]) -> str:
    """What a condition answers where every figure has one value: yes, no or unknown."""
    kind = tree[0]
    if kind in ("and", "or"):
        pick = min if kind == "and" else max
        return pick((sampled(part, figures, at) for part in tree[1]), key=ORDER.index)
    if kind == "not":
        return {"yes": "no", "no": "yes"}.get(inner := sampled(tree[1], figures, at), inner)
    if kind in ("present", "blank"):
        return answer(tree, figures)
    left, right = number(tree[1], figures, at), number(tree[2], figures, at)
    if isinstance(left, str) or isinstance(right, str):
        return "unknown"
    return "yes" if holds(kind, left, right) else "no"


def written(tree: Tree) -> str:
    """The formula as a rule would write it."""
    kind = tree[0]
    match kind:
        case "field" | "number":
            return str(tree[1])
        case "zero" | "present" | "blank":
            return f"{kind}({tree[1]})"
        case "sum" | "min" | "max":
            return f"{kind}([{', '.join(written(part) for part in tree[1])}])"
        case "abs" | "not":
            return f"{kind}({written(tree[1])})"
        case "negative":
            return f"-({written(tree[1])})"
        case "and" | "or":
            return f" {kind} ".join(f"({written(part)})" for part in tree[1])
        case _:
            return (
                f"({written(tree[1])}) {kind} ({written(tree[2])})"
                if kind in "+-*/"
                else f"{written(tree[1])} {kind} {written(tree[2])}"
            )
