"""Marked copies of PDFs: an incremental update behind the original."""
