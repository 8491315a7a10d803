"""The error that reports all faults of a settings file."""

from __future__ import annotations

from auditor.toml.faults import FaultyFile

__all__ = ["SettingsError"]


class SettingsError(FaultyFile):
    """Settings that can't be used."""

    kind = "settings", "設定ファイル"
    without = (
        "--no-settings goes without the file",
        "--no-settings を付けると、設定ファイルを使わずに実行します",
    )
