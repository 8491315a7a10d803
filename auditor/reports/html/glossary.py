"""The words of the page explained to those who have never seen one."""

from __future__ import annotations

from typing import Final

from auditor.records.text import Text
from auditor.reports.wording import Wording

__all__ = ["glossary"]

_WORDS: Final = (
    (
        "error",
        Text(
            en="What arithmetic, the calendar or the form does not allow; needs an answer.",
            ja="計算、暦または様式のうえで成り立たない箇所です。所管課の回答が必要です。",
        ),
    ),
    (
        "warning",
        Text(
            en="What is likely a mistake; needs an answer.",
            ja="誤りの可能性がある箇所です。所管課の回答が必要です。",
        ),
    ),
    (
        "note",
        Text(
            en="What is good to know; needs no answer.",
            ja="記載の参考となる事項です。回答は必要ありません。",
        ),
    ),
    (
        "question",
        Text(
            en="No error, but a place that the council may ask about; needs no answer.",
            ja="誤りではありませんが、説明を求められそうな箇所です。回答は必要ありません。",
        ),
    ),
    (
        "pass",
        Text(en="The figures agree.", ja="数値が互いに合っています。"),
    ),
    (
        "may",
        Text(
            en="The figures agree if they were rounded as the form does it.",
            ja="様式の定める端数処理を考えると、数値が互いに合っています。",
        ),
    ),
    (
        "fail",
        Text(en="The figures do not agree.", ja="数値または記載が互いに合っていません。"),
    ),
    (
        "unknown",
        Text(
            en="Something that the rule needs is blank or could not be read.",
            ja="必要な数値が空欄であるか読み取れないため、判定していません。",
        ),
    ),
    (
        "not_applicable",
        Text(en="The rule is not about this.", ja="規則の対象ではありません。"),
    ),
    (
        "crashed",
        Text(
            en="The rule itself failed; nothing is known.",
            ja="規則のプログラムが途中で止まり、判定していません。",
        ),
    ),
)
_TERMS: Final = (
    (
        Text(en="computed", ja="計算上の値"),
        Text(
            en="What other figures give for a cell. The source decides what it should say.",
            ja="ほかの欄の数値から計算した値です。訂正後の値は、原資料で確かめて決めてください。",
        ),
    ),
    (
        Text(en="candidates", ja="訂正候補"),
        Text(
            en="Changes by which the figures would agree, the likeliest first.",
            ja="そのとおりに直すと数値が互いに合う訂正の案です。可能性の高い順に示します。",
        ),
    ),
    (
        Text(en="as printed", ja="記載のとおり"),
        Text(
            en="The answer that a source shows the print to be right, with the reason.",
            ja="原資料と照合した結果、訂正しないという回答です。理由を添えてください。",
        ),
    ),
    (
        Text(en="SHA-256", ja="SHA-256"),
        Text(
            en="Digits that change with a file's content: they tell which version was audited.",
            ja="ファイルの内容から計算される符号です。どの版の文書を点検したかが分かります。",
        ),
    ),
    (
        Text(en="audit", ja="点検"),
        Text(
            en="A check of figures against each other by rules. It is no audit of the accounts by "
            "the auditors under the Local Autonomy Act (Article 233, paragraph 2).",
            ja="規則に照らして、記載の数値が互いに合っているかを確かめることです。"
            "本点検は、監査委員による決算審査（地方自治法第233条第２項）ではありません。",
        ),
    ),
)


def glossary(words: Wording) -> list[tuple[str, str]]:
    """The words with what they mean: severities, outcomes, then the others."""
    listed = [(words.word(word), text.of(words.lang)) for word, text in _WORDS]
    return listed + [(term.of(words.lang), text.of(words.lang)) for term, text in _TERMS]
