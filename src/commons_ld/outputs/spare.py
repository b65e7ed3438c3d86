"""The folder of a generation that is published no more, as the place in which the next one is built.

What the one that is published has too is left in it, as second names of the same files, and all else is removed, so
that what was withdrawn lies nowhere. The next generation finds most of its files where they are to be: to look that
they are the same ones takes a fifth of removing their names and giving them again.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

__all__ = ["leave", "tidy"]


def leave(old: Path, new: Path, names: Iterable[bytes], linked: Iterator[tuple[bytes, bool]]) -> bool:
    """Leave in the folder of a generation what another one has too; tell whether it holds nothing else then.

    :param old: the folder, which is published no more
    :param new: that of the other one
    :param names: all names of the files of the old one, in their order
    :param linked: the names of the files of the new one that may be the same ones, in the same order, and whether each
        surely is
    :raises OSError: if that cannot be done
    """
    counts = Counter[bytes]()
    none = b"", False
    candidate, is_sure = next(linked, none)
    for name in names:
        while candidate and candidate < name:
            candidate, is_sure = next(linked, none)
        if candidate == name and (is_sure or _is_same(f"{old}/{name.decode()}", f"{new}/{name.decode()}")):
            counts[name[: name.rfind(b"/") + 1]] += 1
        else:
            Path(old, name.decode()).unlink()
    return not list(_differing(old, {folder.decode()[:-1]: count for folder, count in counts.items()}))


def tidy(folder: Path, counts: Mapping[str, int], is_ours: Callable[[str], bool]) -> list[str]:
    """Remove the files from a folder that do not belong there; return the folders in it from which some were.

    :param counts: how many files belong into each folder in it, by its name; ``""`` stands for the folder itself
    :param is_ours: tells of a name whether it is one of them
    :raises OSError: if that cannot be done
    """
    touched = []
    for name in _differing(folder, counts):
        start = f"{name}/" if name else ""
        with os.scandir(folder / name) as found:
            strays = [one for one in found if not one.is_dir(follow_symlinks=False) and not is_ours(start + one.name)]
        for stray in strays:
            Path(stray).unlink()
        touched.append(name)
    return [name for name in touched if Path(folder, name).is_dir()]


def _is_same(path: str, other: str) -> bool:
    return os.path.samestat(os.lstat(path), os.lstat(other))


def _differing(root: Path, counts: Mapping[str, int], name: str = "") -> Iterator[str]:
    """Yield the folders that hold another number of files than is expected, and remove those that hold nothing."""
    files, folders = 0, []
    with os.scandir(root / name) as found:
        for one in found:
            if one.is_dir(follow_symlinks=False):
                folders.append(f"{name}/{one.name}" if name else one.name)
            else:
                files += 1
    for folder in folders:
        yield from _differing(root, counts, folder)
    if files != counts.get(name, 0):
        yield name
    if not counts.get(name, 0) and name:
        with suppress(OSError):  # there is something in it
            Path(root, name).rmdir()
