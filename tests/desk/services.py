"""The true services behind the page, in this Python: the whole program but for the browser's one."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Any

from auditor.desk.judge import Judge
from auditor.desk.reader import Reader
from auditor.desk.service import DeskError, Service
from tests.desk.make_sample import sample
from tests.desk.plain import NOW

__all__ = ["Services"]


def _nobody(_: int, __: int) -> None:
    """Nobody follows."""


class Services:
    """Answers the page's calls; ``calls`` are their names."""

    def __init__(self) -> None:
        self.roles: dict[str, Service] = {"reader": Reader(), "judge": Judge(lambda: NOW)}
        self.calls: list[tuple[str, str]] = []

    def call(self, role: str, name: str, arguments: str, data: str | None) -> dict[str, Any]:
        """What a call answers, as the page gets it."""
        self.calls.append((role, name))
        content = None if data is None else b64decode(data)
        try:
            result, answer = self.roles[role].call(name, arguments, content, _nobody)
        except DeskError as fault:
            return {"error": {"code": fault.code, "en": fault.en, "ja": fault.ja}}
        return {"result": result, "data": None if answer is None else b64encode(answer).decode()}

    @staticmethod
    def sample() -> list[tuple[str, str]]:
        """The files of the sample."""
        return [(name, b64encode(data).decode()) for name, data in sample().items()]
