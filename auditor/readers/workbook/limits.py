"""What is reported of a workbook that is larger than its limits, whatever its kind."""

from __future__ import annotations

from auditor.files.ooxml import Limits, PackageError

__all__ = ["too_many_filled_cells", "too_many_worksheets", "too_much_merged"]


def too_many_worksheets(limits: Limits) -> PackageError:
    """The fault of a workbook with too many worksheets."""
    most = f"{limits.worksheets:,}"
    return PackageError(
        "too-many-worksheets",
        f"holds more than {most} worksheets",
        f"ワークシートが{most}枚を超えています",
    )


def too_many_filled_cells(limits: Limits) -> PackageError:
    """The fault of a workbook whose worksheets hold too much."""
    most = f"{limits.filled_cells:,}"
    return PackageError(
        "too-many-cells",
        f"has more than {most} filled cells",
        f"入力セルが{most}個を超えています",
    )


def too_much_merged(worksheet: str) -> PackageError:
    """The fault of a worksheet whose merged areas are too large, or too many."""
    return PackageError(
        "too-much-merged",
        f"worksheet {worksheet!r} merges too many cells",
        f"ワークシート「{worksheet}」の結合セルが大きすぎるか多すぎます",
    )
