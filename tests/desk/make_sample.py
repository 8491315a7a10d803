"""Makes the folder of 「見本で試す」: workbooks of invented departments and a table of indicators, with
some faults in them. ``python -m tests.desk.make_sample`` writes ``desk/sample``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.documents.folder.making import made

__all__ = ["SAMPLE", "sample"]

SAMPLE: Final = Path(__file__).parents[2] / "desk" / "sample"

_KINDS: Final = (
    "digits_swapped",
    "sign_lost",
    "text_skipped",
    "sum_misses_last",
    "one_row_off",
    "population_differs",
    "filler",
    "flag_wrong",
)


def sample() -> dict[str, bytes]:
    """The files of the sample by their path below ``desk/sample``."""
    folder = made(2024, books=4, sheets=10, rows=6, kinds=_KINDS)
    return {f"見本/{name}": data for name, data in folder.faulty.items()}


def main() -> None:
    for name, data in sample().items():
        file = SAMPLE / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


if __name__ == "__main__":
    main()
