"""The desk: the two services behind the page that audits without being installed.

The reader sees one document at a time and answers records. The judge holds the book and never sees
a document. Both work in any Python, and know nothing of browsers.
"""
