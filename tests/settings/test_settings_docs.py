"""The page on settings: every key stands there in both languages, and its example can be used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.settings.listing import settings_in_force
from auditor.settings.loading import SettingsFile, read_settings
from auditor.settings.model import Settings

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = ("settings.md", "settings.ja.md")


def example(page: str, folder: Path) -> SettingsFile:
    """The settings file that a page shows."""
    text = (DOCS / page).read_text(encoding="utf-8")
    match = re.search("<!-- settings -->\n```toml\n(.*?)```", text, re.DOTALL)
    assert match is not None
    path = folder / "auditor.toml"
    path.write_text(match[1], encoding="utf-8")
    return read_settings(path)


@pytest.mark.parametrize("page", PAGES)
def test_every_key_of_the_model_is_documented(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    keys = re.findall(r"^\| `([a-z_.]+)` \|", text, re.MULTILINE)
    assert sorted(keys) == sorted(item.key for item in settings_in_force(None))


def test_the_example_is_the_same_in_both_languages_and_has_every_section(tmp_path: Path) -> None:
    files = [example(page, tmp_path) for page in PAGES]
    assert [file.faults for file in files] == [(), ()]
    assert files[0].settings == files[1].settings
    for name, value, default in zip(Settings._fields, files[0].settings, Settings(), strict=True):
        assert value != default or name in ("pages", "plugins"), name


@pytest.mark.parametrize("page", PAGES)
def test_the_faults_that_are_shown_are_what_is_printed(page: str, tmp_path: Path) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    (shown,) = re.findall("```text\nauditor: (.*?)```", text, re.DOTALL)
    path = tmp_path / "auditor.toml"
    path.write_text('title = ""\nlang = "ja"\n\n\nfail_on = "eror"\n', encoding="utf-8")
    file = read_settings(path)
    message = file.error(file.faults).message.of("ja" if page.endswith(".ja.md") else "en")
    assert message.replace(str(path), "auditor.toml") + "\n" == shown
