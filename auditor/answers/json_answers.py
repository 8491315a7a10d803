"""The answers for programs."""

from __future__ import annotations

from auditor.answers.model import Answers
from auditor.reports.json_report import dumped
from auditor.version import __version__

__all__ = ["SCHEMA_VERSION", "answers_json"]

SCHEMA_VERSION = 1


def answers_json(answers: Answers) -> str:
    """The answers as JSON, in both languages."""
    content = answers.model_dump(mode="json")
    head = {"schema_version": SCHEMA_VERSION, "tool_version": __version__}
    return dumped({**head, "exit_code": answers.exit_code, **content})
