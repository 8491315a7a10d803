"""Times the built page in a browser: ``python -m benchmarks.desk [PAGE]``.

It drops a finance section's folder of 30 workbooks and prints how long each step takes, the
browser's processor time and its largest memory; ``--slow`` does so also without the compilers that
Edge's enhanced security switches off. It calls the services as the page does.
"""

from __future__ import annotations

import argparse
import base64
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from playwright.sync_api import Page, sync_playwright

from desk.build import contents, write
from tests.documents.folder.making import made

SEED: Final = 30_000
BARE_PAGE: Final = Path(__file__).resolve().parents[1] / "tests" / "desk" / "boot_page"
MODES: Final[Mapping[str, tuple[str, ...]]] = {
    "as it comes": (),
    "WebAssembly interpreted": ("--js-flags=--wasm-jitless",),
    "no compiler at all": ("--js-flags=--jitless",),
}
CALL: Final = """async ([role, name, given, text]) => {
  const bytes = text === null ? null : Uint8Array.fromBase64(text);
  const { data } = await desk[role].call(name, given, bytes);
  return data === null ? null : data.toBase64();
}"""
PAINTED: Final = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--slow", action="store_true")
    parser.add_argument("--documents", type=int, default=30)
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        file = Path(folder) / "desk.html"
        write(file, contents(), BARE_PAGE / "index.html")
        print(f"size: {file.stat().st_size / 1e6:.1f} MB")
        documents = dict(sheets("成果シート", arguments.documents))
        for mode, flags in MODES.items():
            if arguments.slow or not flags:
                print(f"{mode}:")
                for step, value in measured(file, flags, documents):
                    print(f"  {step}: {value}", flush=True)
    return 0


def sheets(folder: str, most: int) -> Iterator[tuple[str, bytes]]:
    """The workbooks of a made folder with faults, by the names that the page gives them."""
    for name, data in sorted(made(SEED).faulty.items())[:most]:
        yield f"{folder}/{name}", data


def measured(
    file: Path, flags: tuple[str, ...], documents: Mapping[str, bytes]
) -> Iterator[tuple[str, str]]:
    """(step, what it took) for each step from the opening on."""
    program = shutil.which("chromium") or "chromium"
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*sandbox, *flags])
        page = browser.new_context(offline=True).new_page()
        page.set_default_timeout(0)
        began = perf_counter()
        page.goto(file.as_uri())
        yield "first paint", f"{page.evaluate(PAINTED):.0f} ms"
        fits = page.evaluate("desk.checks.then((all) => all.filter((one) => !one.fits))")
        if fits:
            yield "does not run", ", ".join(check["name"] for check in fits)
            browser.close()
            return
        page.evaluate("desk.ready")
        yield "both workers ready", f"{perf_counter() - began:.1f} s"
        yield from _audited(page, documents)
        seconds, memory = usage()
        yield "processor time of the browser", f"{seconds:.1f} s"
        yield "largest memory of the page", f"{memory >> 20} MiB"
        browser.close()


def _audited(page: Page, documents: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    began = perf_counter()
    for name, data in documents.items():
        records = _call(page, "reader", "read", data, name=name, in_folder=True)
        _call(page, "judge", "add", records, name=name)
        if name == next(iter(documents)):
            yield "first document read", f"{perf_counter() - began:.1f} s"
    yield f"{len(documents)} documents read", f"{perf_counter() - began:.1f} s"
    _call(page, "judge", "audit", lang="ja")
    yield "read and audited", f"{perf_counter() - began:.1f} s"
    began = perf_counter()
    page.evaluate("desk.reader.restart()")
    yield "reader made anew", f"{perf_counter() - began:.1f} s"


def _call(
    page: Page, role: str, call_name: str, data: bytes | None = None, /, **arguments: Any
) -> bytes:
    text = None if data is None else base64.b64encode(data).decode()
    answer = page.evaluate(CALL, [role, call_name, arguments, text])
    return base64.b64decode(answer or "")


def usage() -> tuple[float, int]:
    """Seconds of processor time of all processes below this one, and the largest memory that one
    of them took (bytes).
    """
    below, tick = {os.getpid()}, os.sysconf("SC_CLK_TCK")
    seconds, memory = 0.0, 0
    # A child has a later number than its parent, but for numbers that are used again.
    for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            status = (folder / "status").read_text()
        except OSError:
            continue
        if int(fields[1]) in below:
            below.add(int(folder.name))
            seconds += (int(fields[11]) + int(fields[12])) / tick
            peak = status.partition("VmHWM:")[2].partition("kB")[0].strip() or "0"
            memory = max(memory, int(peak) * 1024)
    return seconds, memory


if __name__ == "__main__":
    sys.exit(main())
