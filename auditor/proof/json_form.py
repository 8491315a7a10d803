"""A proof for programs."""

from __future__ import annotations

from auditor.proof.model import Proof
from auditor.reports.json_report import dumped
from auditor.version import __version__

__all__ = ["proof_json"]


def proof_json(proof: Proof) -> str:
    """The proof as JSON: the fields of ``Proof``, with its counts and exit code."""
    return dumped(
        {
            "tool_version": __version__,
            "exit_code": proof.exit_code,
            "states": proof.states(),
            "faults": proof.counts(),
            **proof.model_dump(mode="json"),
        }
    )
