"""How the desk's page is built: pinned parts, compiled and packed, and the page's own modules."""
