"""Makes the pictures on the docs' first pages: what the report of `auditor demo` says of one sheet,
in a browser. Needs Chromium.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from tests.conftest import chromium_path

PICTURES: Final = Path(__file__).parent / "pictures"
# A sheet whose funding sources do not add up to its total: a minus sign is missing.
FINDING: Final = "FND001"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1100, "height": 1000})
        for language in ("ja", "en"):
            report = Path(folder) / f"{language}.html"
            command = [sys.executable, "-m", "auditor", "demo", "--lang", language]
            command += ["--format", "html", "--output", str(report)]
            subprocess.run(command, check=False, capture_output=True)
            page.goto(report.as_uri())
            cards = page.locator("article.card").filter(has_text=FINDING)
            cards.last.screenshot(path=PICTURES / f"report.{language}.png")
        browser.close()


if __name__ == "__main__":
    main()
