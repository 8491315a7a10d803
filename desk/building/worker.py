"""The script of a worker: Pyodide's loader and the desk's own modules as one module text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from desk.building.modules import bundled

__all__ = ["WorkerError", "lock_file", "worker_script"]

ADDRESS: Final = '"https://desk.invalid/pyodide.asm.mjs"'


class WorkerError(ValueError):
    """Pyodide's loader is not as this build knows it: a new version needs a look."""


def worker_script(pyodide: Path, folder: Path) -> bytes:
    """What a worker runs: one text, because a module from a data: address cannot import others."""
    machine = (pyodide / "pyodide.asm.mjs").read_text(encoding="utf-8")
    machine = _replaced(machine, "export default _createPyodideModule;", "")
    machine = machine.replace("import.meta.url", ADDRESS)
    # How far the memory of Python may grow.
    machine = _replaced(
        machine, "getHeapMax=()=>4294901760;", "getHeapMax=()=>globalThis.deskMemory??4294901760;"
    )
    loader = (pyodide / "pyodide.mjs").read_text(encoding="utf-8")
    loader = _replaced(loader, "export{dt as loadPyodide,U as version};", "return{loadPyodide:dt};")
    loader = _replaced(loader, "//# sourceMappingURL=pyodide.mjs.map", "")
    script = "\n".join(
        [
            f"const createPyodideModule = (() => {{\n{machine}",
            "return _createPyodideModule;\n})();",
            f"const {{ loadPyodide }} = (() => {{\n{loader}\n}})();",
            bundled(folder / "worker.js"),
            # Errors name this instead of the address, which holds the whole text.
            "//# sourceURL=desk-worker.js",
        ]
    )
    return script.encode()


def lock_file(pyodide: Path) -> bytes:
    """Pyodide's list of packages without its packages: none is ever loaded from elsewhere."""
    lock = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    return json.dumps({"info": lock["info"], "packages": {}}).encode()


def _replaced(text: str, old: str, new: str) -> str:
    if text.count(old) != 1:
        raise WorkerError(f"{old!r} stands {text.count(old)} times in Pyodide's loader")
    return text.replace(old, new)
