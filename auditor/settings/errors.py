"""The error that reports all faults of a settings file."""

from __future__ import annotations

from typing import ClassVar

from auditor.toml.faults import FaultyFile

__all__ = ["SettingsError"]


class SettingsError(FaultyFile):
    """Settings that can't be used."""

    kind: ClassVar[tuple[str, str]] = "settings", "設定ファイル"
    without: ClassVar[tuple[str, str]] = (
        "--no-settings goes without the file",
        "--no-settings を付けると、設定ファイルを使わずに実行します",
    )
