"""The tidy tables: a country's sheets as rows in base units, guarded by pandera schemas, to
records and back, in files.
"""

from auditor.records.fields import TableName
from auditor.tables.files import read_frames, read_tables, write_tables
from auditor.tables.guard import Fault
from auditor.tables.records import Tables, UnusableTables, from_tables, to_tables
from auditor.tables.shape import schema

__all__ = [
    "Fault",
    "TableName",
    "Tables",
    "UnusableTables",
    "from_tables",
    "read_frames",
    "read_tables",
    "schema",
    "to_tables",
    "write_tables",
]
