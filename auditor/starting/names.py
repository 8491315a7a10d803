"""Whether a new rule, form or plugin can be called so, and what it may be called instead."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from auditor.forms.model import FORM_NAME
from auditor.records.errors import AuditorError
from auditor.rules.rule import CODE, Rule

if TYPE_CHECKING:
    from auditor.auditing.session import Session

__all__ = ["UnfitName", "check_code", "check_form_name", "check_prefix", "prefix_of"]

_PREFIX: Final = re.compile(r"[A-Z]{3,8}")
_SHIPPED: Final = "auditor_rules"
_LONGEST: Final = 8
_SHORTEST: Final = 3


class UnfitName(AuditorError):
    """A name or code that a new file can't have."""


def check_code(code: str, file: Path, session: Session) -> None:
    """Raises UnfitName for what is no code, one that is taken, and a prefix of others. The prefix
    of rules in the folder of the new ``file`` is its author's.
    """
    if not CODE.fullmatch(code):
        hint_en, hint_ja = _meant(_code_like(code))
        raise UnfitName(
            f"{code} is no code of a rule: two to eight capital letters and three digits, such as "
            f"CTY001{hint_en}",
            f"「{code}」は規則コードとして使えません。英大文字2〜8字と数字3桁で書いてください"
            f"（例：CTY001）{hint_ja}",
        )
    rule = session.rules.get(code)
    if rule is not None:
        free = _next_free(code, session)
        raise UnfitName(
            f"{code} is taken: {rule.file.title.en} ({rule.source}); {free} is free",
            f"{code} は使われています：{rule.file.title.ja}（{rule.source}）。"
            f"{free} は空いています",
        )
    check_prefix(_prefix(code), session, file.parent)


def check_prefix(prefix: str, session: Session, folder: Path | None = None) -> None:
    """Raises UnfitName for what is no prefix of codes, or one that others have: the shipped pack,
    or an installed plugin, unless its rules lie in ``folder``.
    """
    if not _PREFIX.fullmatch(prefix):
        raise UnfitName(
            f"{prefix} is no prefix of codes: three to eight capital letters, such as CTY",
            f"「{prefix}」は規則コードの接頭辞として使えません。英大文字3〜8字で書いてください"
            "（例：CTY）",
        )
    for origin in session.origins:
        for code in origin.rules:
            if _prefix(code) != prefix:
                continue
            rule = session.rules.get(code)
            if origin.plugin != _SHIPPED and _lies_in(rule, folder):
                continue
            raise UnfitName(
                f"the prefix {prefix} belongs to {origin.plugin} ({code}); choose another one",
                f"接頭辞 {prefix} は {origin.plugin}（{code} など）が使っています。"
                "別の接頭辞にしてください",
            )


def check_form_name(name: str, session: Session) -> None:
    """Raises UnfitName for what is no name of a form, or one that a form has."""
    if not FORM_NAME.fullmatch(name):
        hint_en, hint_ja = _meant(_name_like(name))
        raise UnfitName(
            f"{name} is no name: small letters, digits, hyphens and _, such as mycity{hint_en}",
            f"「{name}」は名前として使えません。英小文字・数字・ハイフン・_ で書いてください"
            f"（例：mycity）{hint_ja}",
        )
    if name in session.forms or name in session.catalogue:
        raise UnfitName(
            f"there is a form {name} already; choose another name",
            f"様式 {name} はすでにあります。別の名前にしてください",
        )


def prefix_of(name: str) -> str:
    """The prefix of codes that goes with the name of a plugin. Raises UnfitName where it has too
    few letters for one.
    """
    letters = re.sub("[^A-Z]", "", name.upper())[:_LONGEST]
    if len(letters) < _SHORTEST:
        raise UnfitName(
            f"{name} has too few letters for the codes of its rules; name them with --prefix, such "
            "as --prefix CTY",
            f"「{name}」からは規則コードの接頭辞（英字3〜8字）を作れません。"
            "--prefix CTY のように指定してください",
        )
    return letters


def _prefix(code: str) -> str:
    return code.rstrip("0123456789")


def _lies_in(rule: Rule | None, folder: Path | None) -> bool:
    """Whether a rule's file lies in a folder."""
    if rule is None or folder is None:
        return False
    path = Path(rule.source.rpartition(": ")[2])
    return path.parent.resolve() == folder.resolve()


def _next_free(code: str, session: Session) -> str:
    prefix = _prefix(code)
    numbers = (f"{prefix}{number:03}" for number in range(1, 1000))
    return next((other for other in numbers if session.rules.get(other) is None), "-")


def _code_like(word: str) -> str | None:
    """The code that a word was meant for; None where it has nothing of one."""
    plain = unicodedata.normalize("NFKC", word).upper()
    letters, digits = re.sub("[^A-Z]", "", plain)[:_LONGEST], re.sub("[^0-9]", "", plain)
    if len(letters) < _SHORTEST or len(digits.lstrip("0")) > _SHORTEST:
        return None
    return f"{letters}{int(digits or '1'):03}"


def _name_like(word: str) -> str | None:
    """The name that a word was meant for; None where it has nothing of one."""
    plain = unicodedata.normalize("NFKC", word).lower()
    name = re.sub("[^a-z0-9_]+", "-", plain).strip("-")
    return name if FORM_NAME.fullmatch(name) else None


def _meant(near: str | None) -> tuple[str, str]:
    if near is None:
        return "", ""
    return f"; did you mean {near}?", f"。{near} のことですか"
