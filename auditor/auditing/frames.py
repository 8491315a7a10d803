"""What has findings, as a data frame and as a notebook shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, overload

from auditor.records.nearest import hint, nearest_name

if TYPE_CHECKING:
    import polars as pl

    from auditor.records.languages import Lang
    from auditor.rules.causes import Cause
    from auditor.rules.findings import Finding

__all__ = ["Framed"]

_SHOWN: Final = 20
"""How many findings a notebook shows."""


class Framed:
    """A report, or a part of one, whose findings can be a data frame."""

    if TYPE_CHECKING:
        # Fields of a record are no properties, and those of a dataclass are none either.
        findings: tuple[Finding, ...]
        causes: tuple[Cause, ...]

    @overload
    def to_frame(
        self, library: Literal["polars"] = "polars", *, language: Lang = "en"
    ) -> pl.DataFrame: ...
    @overload
    def to_frame(self, library: Literal["pandas"], *, language: Lang = "en") -> Any: ...
    def to_frame(self, library: str = "polars", *, language: Lang = "en") -> pl.DataFrame | Any:
        """The listed findings as a data frame of polars or of pandas, a row each.

        Columns: ``rule``, ``name``, ``severity``; ``document``; ``sheet`` and ``kpi`` (numbers);
        ``department``, ``project``, ``year``; ``expected``, ``actual`` and ``difference``
        (decimals, in the ``unit`` beside them); ``message`` and ``action`` in the language that
        is asked for; ``cause``, the id of the cause; ``id``. Null is what a finding does not have.

        Raises MissingPandas (``auditor.tables.finding_frames``) where pandas is not installed, and
        ValueError for another library.
        """
        # Most audits make no frame.
        from auditor.tables import finding_frames

        causes: dict[str, str] = {}
        for cause in self.causes:
            causes |= dict.fromkeys(cause.findings, cause.id)
        if library == "polars":
            return finding_frames.polars_frame(self.findings, causes, language)
        if library == "pandas":
            return finding_frames.pandas_frame(self.findings, causes, language)
        near_en, near_ja = hint(nearest_name(library, ("polars", "pandas")))
        raise ValueError(
            f"there are frames of polars and pandas, not of {library!r}{near_en} / "
            f"polars または pandas を指定してください{near_ja}"
        )

    def _html(self, caption: str) -> str:
        """The first findings as a small table of HTML, as notebooks show it."""
        from auditor.records.html import table
        from auditor.records.languages import users_language

        lang = users_language()
        rows = [
            (
                finding.severity,
                finding.rule,
                finding.department,
                finding.project,
                finding.year or "",
                finding.message.of(lang),
            )
            for finding in self.findings[:_SHOWN]
        ]
        more = len(self.findings) - len(rows)
        headings = ("severity", "rule", "department", "project", "year", "message")
        return table(caption + (f"; the first {_SHOWN} are shown" if more else ""), headings, rows)
