"""How documents look, as data that a page can draw: grids, pages and lines.

What is said of a document here decides nothing: it is read elsewhere, and shown here. All texts
are texts of the document, never markup.
"""

from __future__ import annotations

from auditor.desk.views.model import View
from auditor.desk.views.viewed import Viewed, viewed

__all__ = ["View", "Viewed", "viewed"]
