"""All kinds of cases, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.fuzzing.damaged import DAMAGED
from tests.fuzzing.documents import DOCUMENTS
from tests.fuzzing.files import FILES
from tests.fuzzing.hooks import HOOKS
from tests.fuzzing.model import Kind
from tests.fuzzing.options import OPTIONS

__all__ = ["KINDS"]

KINDS: Final[Mapping[str, Kind[Any]]] = {
    kind.name: kind for kind in (*DOCUMENTS, *DAMAGED, *FILES, *HOOKS, *OPTIONS)
}
