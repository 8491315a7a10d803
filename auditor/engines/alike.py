"""Texts that are alike whatever their width and spaces, as keys of columns.

Most texts are settled by expressions: characters that no width changes stay as they are, spaces
go. Only the other distinct texts come into this process.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import narwhals as nw
import polars as pl

from auditor.engines.engine import Engine, Frame
from auditor.forms.words import squeezed
from auditor.tables.books import words_of

__all__ = ["with_listed", "with_squeezed", "with_words"]

# ASCII, kana without the marks that join others, and the common ideographs: NFKC changes none.
_UNCHANGED: Final = r"^[!-~ぁ-ゖァ-ヺー々一-鿿]*\z"
_SPACES: Final = (" ", "\u3000")


def with_squeezed(frame: Frame, engine: Engine, text: str, key: str) -> Frame:
    """The frame with a column ``key`` that is equal where ``text`` is alike; null where that is."""
    plain = nw.col(text)
    for space in _SPACES:
        plain = plain.str.replace_all(space, "", literal=True)
    frame = frame.with_columns(plain.alias(key))
    is_plain = nw.col(key).str.contains(_UNCHANGED).fill_null(True)
    others = engine.collected(frame.filter(~is_plain).select(text).unique())[text].to_list()
    if not others:
        return frame
    frame = frame.with_columns(nw.when(is_plain).then(nw.col(key)).alias(key))
    mapped = pl.DataFrame(
        {"of text": others, "to key": [squeezed(other) for other in others]},
        schema={"of text": pl.String, "to key": pl.String},
    )
    joined = frame.join(engine.frame(mapped), left_on=text, right_on="of text", how="left")
    joined = joined.with_columns(nw.coalesce(nw.col(key), nw.col("to key")).alias(key))
    return joined.drop("of text", "to key", strict=False)


def with_listed(frame: Frame, engine: Engine, cells: str, key: str) -> Frame:
    """The frame with a column ``key`` that is equal where ``cells`` hold the same texts, in
    whatever order; null where they hold none.
    """
    distinct = engine.collected(frame.filter(~nw.col(cells).is_null()).select(cells).unique())
    written = distinct[cells].to_list()
    mapped = pl.DataFrame(
        {"of cells": written, key: [_of_list(cell) for cell in written]},
        schema={"of cells": pl.String, key: pl.String},
    )
    joined = frame.join(engine.frame(mapped), left_on=cells, right_on="of cells", how="left")
    return joined.drop("of cells", strict=False)


def _of_list(cell: str) -> str:
    """What a cell of texts has as a key; formulas see them side by side."""
    texts = "、".join(words_of(cell))
    return "\0".join(sorted(map(squeezed, texts.split("、"))))


def with_words(
    frame: Frame, engine: Engine, cells: str, word: str, words: Iterable[tuple[str, str]]
) -> Frame:
    """A row for each word of a cell that holds several; ``words`` has each cell with each of its
    words.
    """
    table = pl.DataFrame(list(words), schema={"of cell": pl.String, word: pl.String}, orient="row")
    joined = frame.join(engine.frame(table), left_on=cells, right_on="of cell", how="inner")
    return joined.drop("of cell", strict=False)
