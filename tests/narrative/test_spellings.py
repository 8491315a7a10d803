"""Names that are written in more than one way."""

from __future__ import annotations

import pytest

from auditor.narrative.spellings import names


def keys(text: str) -> set[str]:
    return {key for key, _ in names(text)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("デジタル・デバイド", "デジタルデバイド"),
        ("コンピューター", "コンピュータ"),
        ("マリンプラザみなと文化ホール", "マリンプラザ港文化ホール"),
    ],
)
def test_spellings_of_one_name_share_a_key(one: str, other: str) -> None:
    assert keys(one) & keys(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("デジタル人材", "デジタル化"),
        ("ワークショップ", "ワークシート"),
        ("市民ホール", "文化ホール"),
    ],
)
def test_other_names_share_none(one: str, other: str) -> None:
    assert not keys(one) & keys(other) or one == other
