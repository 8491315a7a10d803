"""The docs as a site: made without a fault, and read as its readers do, from a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser, Request

from docs import make_site

WIDTHS = (1366, 390)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first page of the site."""
    return make_site.build(tmp_path_factory.mktemp("site"))


def test_the_menu_has_every_page_once() -> None:
    listed = [page for part in make_site.menu() for pages in part.values() for page in pages]
    assert sorted(listed) == sorted(page.name for page in make_site.DOCS.glob("*.md"))


def test_a_link_that_leads_nowhere_stops_the_build(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "site").mkdir(parents=True)
    for file in ("zensical.toml", "site.css"):
        shutil.copyfile(make_site.DOCS / "site" / file, docs / "site" / file)
    (docs / "index.md").write_text("# A\n\n## B\n\n- [C](c.md)\n", encoding="utf-8")
    (docs / "index.ja.md").write_text("# A\n\n## B\n\n- [C](c.ja.md)\n", encoding="utf-8")
    (docs / "c.ja.md").write_text("# C\n", encoding="utf-8")
    (docs / "c.md").write_text("# C\n\n[there](index.md)\n", encoding="utf-8")
    make_site.build(tmp_path / "whole", docs)
    (docs / "c.md").write_text("# C\n\n[nowhere](d.md)\n", encoding="utf-8")
    with pytest.raises(make_site.SiteError, match=r"c\.md"):
        make_site.build(tmp_path / "broken", docs)
    assert not (tmp_path / "broken").exists()


def test_earlier_versions_stay(site: Path) -> None:
    target = site.parents[1]
    earlier = target / "0.0.9"
    earlier.mkdir()
    (earlier / "index.html").write_text("old", encoding="utf-8")
    make_site.list_versions(target)
    shutil.rmtree(earlier)
    versions = (target / "versions.json").read_text(encoding="utf-8")
    assert versions.index(site.parent.name) < versions.index("0.0.9")


@given(st.text("あ漢字、。abc \n-|", max_size=30))
def test_only_line_breaks_between_japanese_letters_go(text: str) -> None:
    result = make_site.joined(text)
    assert result.replace("\n", "") == text.replace("\n", "")
    assert "字\n字" not in result
    assert make_site.joined(f"```\n{text}\n```") == f"```\n{text}\n```"


@pytest.mark.xdist_group("browser")
def test_it_is_read_and_searched_from_a_folder(site: Path, browser: Browser) -> None:
    asked: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:")):
            asked.append(request.url)

    page = browser.new_page()
    page.on("request", note)
    page.goto((site.parents[1] / "index.html").as_uri())
    page.wait_for_url("**/index.ja.html")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 768})
        assert page.evaluate("document.body.scrollWidth") <= width
    page.set_viewport_size({"width": WIDTHS[0], "height": 768})
    page.keyboard.press("/")
    page.keyboard.type("財源内訳")
    page.get_by_role("option", name="FND001").first.click()
    page.wait_for_url("**/rule-reference.ja.html*")
    assert page.get_by_role("heading", name="FND001").is_visible()
    page.close()
    assert asked == []
