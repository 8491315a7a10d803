"""Files of TOML that people write: settings, waivers, rules and forms.

All that is wrong with one is reported at once, each fault with its line and what was expected.
"""
