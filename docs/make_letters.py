"""Makes the templates of the letters that ship: ``auditor/delivery/letter.*.docx``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from auditor.files.ooxml import package_of

FOLDER: Final = Path(__file__).resolve().parents[1] / "auditor" / "delivery"

NAMESPACE: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONSHIPS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class Line(NamedTuple):
    """A paragraph: its text, its side, and whether it is an item: number, name and content."""

    text: str = ""
    side: str = "left"
    item: bool = False


LETTERS: Final[Mapping[str, Sequence[Line]]] = {
    "ja": (
        Line("{{文書番号}}", "right"),
        Line("{{日付}}", "right"),
        Line(),
        Line("　{{所管課}}　御中"),
        Line(),
        Line("{{差出人}}", "right"),
        Line("{{公印省略}}", "right"),
        Line(),
        Line("{{年度}}主要施策成果シートの記載内容の確認について（照会）", "center"),
        Line(),
        Line(
            "　このことについて、提出のありました{{年度}}主要施策成果シートの記載内容を点検したところ、"
            "数値等が互いに一致しない箇所がありました。つきましては、原資料（財務会計システム、決算書）"
            "で確認のうえ、下記により回答くださるようお願いします。"
        ),
        Line(),
        Line("記", "center"),
        Line(),
        Line("１\t対象\t{{対象}}", item=True),
        Line("２\t回答期限\t{{回答期限}}", item=True),
        Line("３\t回答方法\t{{回答方法}}", item=True),
        Line("４\t添付\t{{添付}}", item=True),
        Line(),
        Line(
            "　本点検は、数値等の一致を確かめるものです。監査委員による決算審査（地方自治法第233条第２項）ではありません。"
        ),
        Line(),
        Line("担当　{{とりまとめ課}}　{{担当}}", "right"),
        Line("内線　{{内線}}", "right"),
    ),
    "en": (
        Line("{{文書番号}}", "right"),
        Line("{{日付}}", "right"),
        Line(),
        Line("To: {{所管課}}"),
        Line("From: {{差出人}}"),
        Line("{{公印省略}}", "right"),
        Line(),
        Line("Result sheets {{年度}}: please check what they say", "center"),
        Line(),
        Line(
            "In the result sheets {{年度}} that you submitted, some figures or words do not agree "
            "with each other. Please check them against the original records (the accounting "
            "system, the settlement of accounts) and answer as follows."
        ),
        Line(),
        Line("1.\tSheets\t{{対象}}", item=True),
        Line("2.\tAnswer by\t{{回答期限}}", item=True),
        Line("3.\tHow to answer\t{{回答方法}}", item=True),
        Line("4.\tEnclosed\t{{添付}}", item=True),
        Line(),
        Line(
            "This check compares the figures with each other. It is not the examination of the "
            "settlement by the audit commissioners (Local Autonomy Act, article 233, paragraph 2)."
        ),
        Line(),
        Line("{{とりまとめ課}} {{担当}}", "right"),
        Line("Extension {{内線}}", "right"),
    ),
}
FONTS: Final = {"ja": ("Century", "ＭＳ 明朝"), "en": ("Cambria", "ＭＳ 明朝")}
ITEMS: Final = {"ja": 1980, "en": 2530}
"""Where the texts of the items begin, in twentieths of a point."""


def paragraph(line: Line, lang: str) -> str:
    """A paragraph as Word writes it."""
    looks = f'<w:jc w:val="{line.side}"/>'
    if line.item:
        left = ITEMS[lang]
        tabs = "".join(f'<w:tab w:val="left" w:pos="{place}"/>' for place in (660, left))
        looks = f'<w:tabs>{tabs}</w:tabs><w:ind w:left="{left}" w:hanging="{left - 220}"/>{looks}'
    parts = [f'<w:t xml:space="preserve">{part}</w:t>' for part in line.text.split("\t") if part]
    text = f"<w:r>{'<w:tab/>'.join(parts)}</w:r>" if parts else ""
    return f"<w:p><w:pPr>{looks}</w:pPr>{text}</w:p>"


def document(lines: Sequence[Line], lang: str) -> str:
    """The main part: A4, with the margins of an official letter."""
    body = "".join(paragraph(line, lang) for line in lines)
    return (
        f'{HEAD}<w:document xmlns:w="{NAMESPACE}"><w:body>{body}<w:sectPr>'
        '<w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1701" w:right="1418" w:bottom="1418" w:left="1701" w:header="851" '
        'w:footer="851" w:gutter="0"/></w:sectPr></w:body></w:document>'
    )


def styles(lang: str) -> str:
    """Fonts and sizes of the whole letter."""
    latin, japanese = FONTS[lang]
    return (
        f'{HEAD}<w:styles xmlns:w="{NAMESPACE}"><w:docDefaults><w:rPrDefault><w:rPr>'
        f'<w:rFonts w:ascii="{latin}" w:hAnsi="{latin}" w:eastAsia="{japanese}"/>'
        '<w:sz w:val="22"/><w:szCs w:val="22"/><w:lang w:val="en-US" w:eastAsia="ja-JP"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>"
        '<w:spacing w:line="400" w:lineRule="exact"/></w:pPr></w:pPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/>'
        "</w:style></w:styles>"
    )


def content_types() -> str:
    parts = {"document": "document.main", "styles": "styles"}
    overrides = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{WORD}.{kind}+xml"/>'
        for part, kind in parts.items()
    )
    return (
        f'{HEAD}<Types xmlns="{TYPES}"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def relationships(targets: Mapping[str, str]) -> str:
    """What a part points to: targets by kind."""
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), 1)
    )
    return f'{HEAD}<Relationships xmlns="{RELATIONSHIPS}">{listed}</Relationships>'


def letter(lang: str) -> bytes:
    """The template of a language; the same bytes in every run."""
    parts = {
        "[Content_Types].xml": content_types(),
        "_rels/.rels": relationships({"officeDocument": "word/document.xml"}),
        "word/document.xml": document(LETTERS[lang], lang),
        "word/_rels/document.xml.rels": relationships({"styles": "styles.xml"}),
        "word/styles.xml": styles(lang),
    }
    return package_of({name: text.encode("utf-8") for name, text in parts.items()})


def main() -> None:
    for lang in LETTERS:
        (FOLDER / f"letter.{lang}.docx").write_bytes(letter(lang))


if __name__ == "__main__":
    main()
