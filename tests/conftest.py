"""The settings that all tests share: how long and how hard hypothesis searches."""

from __future__ import annotations

import os

from hypothesis import settings

# A shared machine's speed says nothing about an example, so there is no deadline. CI tries the
# same examples every time, so that its answer depends on the change alone;
# `HYPOTHESIS_PROFILE=long` searches further.
settings.register_profile("local", deadline=None, max_examples=100)
settings.register_profile(
    "ci", deadline=None, max_examples=100, derandomize=True, print_blob=True, database=None
)
settings.register_profile("long", deadline=None, max_examples=3_000)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "local")
)
