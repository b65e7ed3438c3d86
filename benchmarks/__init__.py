"""Benchmarks: how fast commons-ld is, measured against other tools that do the same work.

See ``docs/performance.md``. Nothing here is part of the package, and no test measures time.
"""
