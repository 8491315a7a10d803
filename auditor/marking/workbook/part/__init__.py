"""A workbook with some of its worksheets alone, patched out of the package of the whole one."""
