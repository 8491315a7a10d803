"""Rounds: what became of the causes of an earlier audit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.auditing.documents import audit
from auditor.auditing.formats import ReportContext
from auditor.auditing.options import DEFAULTS
from auditor.auditing.report import Report
from auditor.auditing.rounds import Change, since
from auditor.auditing.session import load
from auditor.records.model import Book, NotChecked, Sheet
from auditor.records.text import Why
from auditor.reports.earlier import RESULT_FILE, EarlierError, earlier_round, is_result
from auditor.reports.json_report import JsonReport
from auditor.testing.corruptions import CORRUPTIONS
