"""The tests that run in the page's Python: Pyodide's (Python 3.14 on WebAssembly), in node."""
