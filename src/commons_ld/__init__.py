"""commons-ld: linked data from archives of recorded conversations."""

__version__ = "0.1.0"
