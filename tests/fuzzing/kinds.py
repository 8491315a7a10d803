"""All kinds of cases, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.fuzzing.documents import DOCUMENTS
from tests.fuzzing.model import Kind

__all__ = ["KINDS"]

KINDS: Final[Mapping[str, Kind[Any]]] = {kind.name: kind for kind in DOCUMENTS}
