"""Makes the site of the docs: ``dist/site/VERSION``, pages to open in a browser, also without a
network and without a server. Earlier versions in ``dist/site`` stay.

The menu is what ``index.ja.md`` and ``index.md`` list. A link that leads nowhere stops the build.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from auditor.version import __version__
from desk.building.parts import Part, fetched

__all__ = ["SITE", "SiteError", "build", "joined", "list_versions", "menu", "without_links_out"]

ROOT: Final = Path(__file__).resolve().parents[1]
DOCS: Final = ROOT / "docs"
SITE: Final = ROOT / "dist" / "site"
INDEXES: Final = ("index.ja.md", "index.md")
ZENSICAL: Final = Path(sys.executable).with_name("zensical")

# Browsers refuse workers to pages that are opened as files; with this, the search works there.
FROM_AFAR: Final = "https://unpkg.com/iframe-worker/shim"
WORKERS: Final = Part(
    name="iframe-worker",
    version="1.0.4",
    kind="npm",
    file="iframe-worker-1.0.4.tgz",
    sha256="e8c5d12d87829c503afba01d67772ea9f4aba5b7ae57a0c98e1917711030efbb",
    licence="MIT",
    source="https://github.com/squidfunk/iframe-worker",
)
SHIM: Final = "assets/javascripts/iframe-worker.js"

LINK: Final = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])+)\]\(([^)\s]+)\)")
_JAPANESE: Final = "[\u3001-\u30ff\u4e00-\u9fff\uff00-\uff60]"
BREAK: Final = re.compile(rf"(?<={_JAPANESE})\n(?={_JAPANESE})")
ELSEWHERE: Final = re.compile(r"\b(?:src|href)=\"?https?://(?!zensical\.org)[^\s\">]*\.(?:js|css)")


class SiteError(RuntimeError):
    """The site could not be made: a link leads nowhere, or a page would fetch something."""


def build(target: Path = SITE, docs: Path = DOCS) -> Path:
    """Makes the site of this version below ``target`` of the pages in ``docs``; returns its first
    page.

    Raises SiteError.
    """
    place = target / __version__
    with tempfile.TemporaryDirectory() as folder:
        site = _site(Path(folder), docs)
        if place.exists():
            shutil.rmtree(place)
        shutil.copytree(site, place)
    list_versions(target)
    return place / "index.ja.html"


def menu(docs: Path = DOCS) -> list[dict[str, list[str]]]:
    """The parts of the menu with their pages, in the order of the pages that list them."""
    parts: list[dict[str, list[str]]] = []
    for index in INDEXES:
        text = (docs / index).read_text(encoding="utf-8")
        sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
        for at, section in enumerate(sections):
            title = section.partition("\n")[0].strip()
            listed = "\n".join(line for line in section.splitlines() if line.startswith("- "))
            pages = [target for _, target in LINK.findall(listed) if _is_page(target)]
            parts.append({title: [*([index] if at == 0 else []), *pages]})
    return parts


def without_links_out(text: str) -> str:
    """A page whose links to files of the repository are their words alone: the site has none."""
    return LINK.sub(lambda link: link[1] if link[2].startswith("../") else link[0], text)


def joined(text: str) -> str:
    """A page in which a line break between two Japanese letters is none: a browser would show a
    space for it.
    """
    parts = text.split("```")
    parts[::2] = [BREAK.sub("", part) for part in parts[::2]]
    return "```".join(parts)


def _is_page(target: str) -> bool:
    return target.endswith(".md") and "/" not in target


def _site(folder: Path, docs: Path) -> Path:
    """The site of all pages, made in a folder of its own."""
    pages = folder / "pages"
    pages.mkdir()
    for page in sorted(docs.glob("*.md")):
        text = joined(without_links_out(page.read_text(encoding="utf-8")))
        (pages / page.name).write_text(text, encoding="utf-8")
    for picture in _pictures(docs):
        place = pages / picture.relative_to(docs)
        place.parent.mkdir(exist_ok=True)
        shutil.copyfile(picture, place)
    shutil.copyfile(DOCS / "site" / "site.css", pages / "site.css")
    settings = (DOCS / "site" / "zensical.toml").read_text(encoding="utf-8")
    # JSON's texts and lists are TOML's, too.
    parts = ", ".join(
        f"{{ {json.dumps(title, ensure_ascii=False)} = {json.dumps(names)} }}"
        for part in menu(docs)
        for title, names in part.items()
    )
    settings = settings.replace("[project]\n", f"[project]\nnav = [{parts}]\n", 1)
    (folder / "zensical.toml").write_text(settings, encoding="utf-8")
    result = subprocess.run(
        [str(ZENSICAL), "build", "--strict", "--config-file", str(folder / "zensical.toml")],
        cwd=folder,
        env={"NO_COLOR": "1", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise SiteError(result.stdout + result.stderr)
    _with_workers(folder / "site")
    return folder / "site"


def _pictures(docs: Path) -> Iterator[Path]:
    for kind in ("*.png", "*.svg"):
        yield from docs.rglob(kind)


def _with_workers(site: Path) -> None:
    """Puts what the pages would fetch from afar beside them."""
    archive = fetched([WORKERS], ROOT / "build" / "site")[WORKERS.name]
    with tarfile.open(archive) as members:
        script = members.extractfile("package/shim/index.js")
        licence = members.extractfile("package/LICENSE")
        assert script is not None and licence is not None
        notice = licence.read().decode().replace("*/", "* /")
        text = f"/*\n{notice}*/\n{script.read().decode()}"
    (site / SHIM).write_text(text, encoding="utf-8")
    for page in sorted(site.rglob("*.html")):
        html = page.read_text(encoding="utf-8").replace(FROM_AFAR, SHIM)
        if ELSEWHERE.search(html):
            raise SiteError(f"{page.name} would fetch {ELSEWHERE.findall(html)[0]}")
        page.write_text(html, encoding="utf-8")


def list_versions(target: Path) -> None:
    """Writes the list of versions, newest first, and a page that leads to the newest."""
    names = [page.parent.name for page in target.glob("*/index.html")]
    names.sort(key=lambda name: [int(part) for part in re.findall(r"\d+", name)], reverse=True)
    versions: list[dict[str, str | list[str]]] = [
        {"version": name, "title": name, "aliases": []} for name in names
    ]
    (target / "versions.json").write_text(json.dumps(versions), encoding="utf-8")
    newest = f"{names[0]}/index.ja.html"
    (target / "index.html").write_text(
        '<!doctype html><html lang="ja"><meta charset="utf-8"><title>sheet-auditor</title>'
        f'<meta http-equiv="refresh" content="0; url={newest}">'
        f'<p><a href="{newest}">sheet-auditor {names[0]}</a></p></html>\n',
        encoding="utf-8",
    )


def main() -> int:
    try:
        sys.stdout.write(f"{build()}\n")
    except SiteError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
