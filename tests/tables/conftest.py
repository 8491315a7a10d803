"""What the tests of tables have in common."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import auditor.rules.rule


@pytest.fixture(autouse=True, scope="module")
def any_units() -> Iterator[None]:
    """Formulas of these tests may compare money with bare numbers and persons: columns and the
    judge have to agree on whatever can be computed.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auditor.rules.rule, "unit_faults", lambda *_: ())
        yield
