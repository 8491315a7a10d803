"""What all tests share: how hard hypothesis searches, and whether Spark and pages in a browser can
be tested here.
"""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings

from auditor.files.pdfium import pdfium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A shared machine's speed says nothing about an example, so there is no deadline. CI tries the
# same examples every time, so that its answer depends on the change alone, and fewer of them, since
# it tries them all in one go; `HYPOTHESIS_PROFILE=long` searches further.
settings.register_profile("local", deadline=None, max_examples=100)
settings.register_profile(
    "ci", deadline=None, max_examples=20, derandomize=True, print_blob=True, database=None
)
settings.register_profile("long", deadline=None, max_examples=3_000)
# For tests of a copy of the project, which looks whether a test notices a change at all.
settings.register_profile("glance", settings.get_profile("ci"), max_examples=10)
# For mutants of the code: whether a test fails is asked, not by what least example.
settings.register_profile(
    "mutants",
    settings.get_profile("ci"),
    max_examples=25,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "local")
)

# Thousands of collected tests stay until the end: looking through them for garbage time and again
# took a tenth of all.
gc.set_threshold(20_000, 20, 100)

# Commands say when they ran; two runs that are compared are to differ in nothing else.
os.environ.setdefault("SOURCE_DATE_EPOCH", "1754289000")

# Why a test is skipped, by which those are counted too.
NO_JAVA = "Spark needs Java, and there is none"
NO_BROWSER = "pages are looked at in Chromium, and there is none"


def has_java() -> bool:
    """Whether a Java runs here: on a Mac without one, a program of that name says so and fails."""
    home = os.environ.get("JAVA_HOME")
    program = shutil.which("java", path=Path(home, "bin") if home else None)
    if program is None:
        return False
    return subprocess.run([program, "-version"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="session")
def java() -> None:
    """Leaves out what needs Java where there is none; with AUDITOR_REQUIRE_SPARK=1 it fails."""
    if os.environ.get("AUDITOR_REQUIRE_SPARK") != "1" and not has_java():
        pytest.skip(NO_JAVA)


@pytest.fixture(scope="session", autouse=True)
def pdfium_as_the_program_has_it() -> None:
    """Tests that open PDFs themselves, before the program does, find its pdfium."""
    if importlib.util.find_spec("pypdfium2") is not None:
        pdfium()


def chromium_path() -> str | None:
    """The browser of this machine; None where there is none."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser; leaves out what needs it where there is none. With AUDITOR_REQUIRE_BROWSER=1 it
    fails.
    """
    path = chromium_path()
    if path is None and os.environ.get("AUDITOR_REQUIRE_BROWSER") != "1":
        pytest.skip(NO_BROWSER)
    assert path is not None, NO_BROWSER
    return path


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """One browser for all tests, of which each worker that needs it has its own; root's needs
    --no-sandbox, as in a container.
    """
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield instance
        instance.close()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line of a run says what it left out."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput"):
        return
    reports = reporter.stats.get("skipped", [])
    count = sum(NO_JAVA in str(report.longrepr) for report in reports)
    if count:
        reporter.write_line(
            f"Java がないため、Spark の試験 {count} 件を省きました（Java 17 以上が必要です）。"
            f" / {count} tests of Spark were left out: there is no Java, and they need 17 or newer."
        )
    count = sum(NO_BROWSER in str(report.longrepr) for report in reports)
    if count:
        reporter.write_line(
            f"Chromium がないため、画面の試験 {count} 件を省きました。"
            f" / {count} tests of pages were left out: there is no Chromium."
        )
