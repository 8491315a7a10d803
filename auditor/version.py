"""The version, where every module can ask for it without importing the whole package."""

__all__ = ["__version__"]

__version__ = "0.1.0"
