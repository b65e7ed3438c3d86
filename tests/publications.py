"""Publications of a few files of one word, which is told by all of them."""

import hashlib
import os
import subprocess
import sys
import textwrap
from pathlib import Path

from commons_ld.outputs.generation import Generation
from commons_ld.outputs.publication import publish, published

__all__ = ["NEW", "OLD", "child", "files", "fill", "leftovers", "publish_word", "store", "word_of"]

#: What a child process needs before it publishes.
PREAMBLE = """\
import os, signal, sys, time
from pathlib import Path
from commons_ld.errors import PublicationError
from commons_ld.outputs.publication import publish

def fill(generation, word):
    for number in range(4):
        generation.write(f"{number}.txt", word * 50_000)
        generation.write(f"folder/deep/{number}.txt", word)
    generation.keep("kept.txt") or generation.write("kept.txt", b"kept")
"""
#: Seven more characters, when repeated.
OLD, NEW = b"old old", b"new new"


def store(out: Path) -> Path:
    """Return the folder of the generations of a publication."""
    return out.with_name(f".{out.name}.generations")


def files(out: Path) -> dict[str, bytes]:
    """Return what is published: bytes by name."""
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def fill(generation: Generation, word: bytes) -> None:
    """Write nine files, of which one is the same in every generation."""
    for number in range(4):
        generation.write(f"{number}.txt", word * 50_000)
        generation.write(f"folder/deep/{number}.txt", word)
    if not generation.keep("kept.txt"):
        generation.write("kept.txt", b"kept")


def publish_word(out: Path, word: bytes) -> None:
    """Publish nine files of a word."""
    with publish(out) as generation:
        fill(generation, word)


def word_of(out: Path) -> bytes:
    """Return the word that is published, having checked every file and every hash of it."""
    found = files(out)
    word = found["folder/deep/0.txt"]
    expected = {f"{number}.txt": word * 50_000 for number in range(4)}
    expected |= {f"folder/deep/{number}.txt": word for number in range(4)} | {"kept.txt": b"kept"}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(expected.items()))
    assert found == expected | {"SHA256SUMS": sums.encode()}
    return word


def leftovers(out: Path) -> set[str]:
    """Return what lies about that is neither the publication, nor second names of its files, nor its lock."""
    beside = {path.name for path in out.parent.iterdir()} - {out.name, store(out).name}
    spare = store(out) / "spare"
    for path in (path for path in spare.rglob("*") if not path.is_dir()):
        assert path.samefile(out / path.relative_to(spare))
    return beside | {path.name for path in store(out).iterdir()} - {"lock", "spare", published(out)}


def child(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a process that publishes."""
    program = PREAMBLE + textwrap.dedent(code)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
