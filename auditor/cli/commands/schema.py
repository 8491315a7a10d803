"""``auditor schema``: the JSON Schemas by which editors complete and check the files of authors."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from auditor.cli.arguments import Parser
from auditor.cli.output import Refused, write, write_file
from auditor.records.nearest import hint, nearest_name
from auditor.schemas.shipped import SCHEMAS, SchemaName, file_name, schema_text

__all__ = ["add_arguments", "run"]


def add_arguments(parser: Parser) -> None:
    parser.optional_operands(
        "names",
        en="of which files: rule, form, settings or waivers (default: all, with --output)",
        ja="どのファイルのスキーマか。rule（規則）、form（様式）、settings（設定）、"
        "waivers（確認済み）。--output があれば省略できます（省略時はすべて）",
        metavar=("KIND", "種類"),
    )
    parser.option(
        "--output",
        use="filled",
        en="write them as KIND.schema.json into this folder, over earlier ones; without it, one "
        "schema is printed",
        ja="このフォルダーに「種類.schema.json」として書き出します（以前のものは置き換えます）。"
        "省略すると、スキーマを1つ画面に表示します",
        metavar=("FOLDER", "フォルダー"),
        type=Path,
    )


def run(arguments: Namespace) -> int:
    words: list[str] = arguments.names
    names: list[SchemaName] = [_named(word) for word in dict.fromkeys(words)]
    if arguments.output is not None:
        return _write(names or SCHEMAS, arguments)
    if len(names) != 1:
        kinds, folder = ", ".join(SCHEMAS), "auditor schema --output schemas"
        raise Refused(
            f"name one of {kinds}, or write all into a folder: {folder}",
            f"{kinds} のどれか1つを指定するか、フォルダーにすべて書き出してください：{folder}",
        )
    write(schema_text(names[0]), exact=True)
    return 0


def _named(word: str) -> SchemaName:
    """The kind of a name. Raises Refused where there is none."""
    names: dict[str, SchemaName] = {name: name for name in SCHEMAS}
    if word in names:
        return names[word]
    hint_en, hint_ja = hint(nearest_name(word, SCHEMAS))
    kinds_en, kinds_ja = ", ".join(SCHEMAS), "、".join(SCHEMAS)
    raise Refused(
        f"there is no schema {word}{hint_en or f'; known: {kinds_en}'}",
        f"{word} というスキーマはありません{hint_ja or f'。使えるもの：{kinds_ja}'}",
    )


def _write(names: Sequence[SchemaName], arguments: Namespace) -> int:
    folder: Path = arguments.output
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise Refused(
            f"{folder} is no folder, and can't be made one",
            f"{folder} はフォルダーではないか、作成できません",
        ) from None
    paths = [folder / file_name(name) for name in names]
    for name, path in zip(names, paths, strict=True):
        write_file(path, schema_text(name))
    listed = ", ".join(map(str, paths))
    write(arguments.say(f"Wrote {listed}\n", f"書き出しました：{listed}\n"))
    return 0
