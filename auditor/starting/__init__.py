"""Files to start from: a rule, a form or a plugin that works, and has its tests."""
