"""The printed book held against the corrected documents (製本用原稿との突合)."""
