"""Reading the settings: what is built in, then ``commons-ld.toml``, then the environment, then flags."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, get_args, get_origin, get_type_hints

import msgspec

from commons_ld.errors import SettingsError
from commons_ld.messages import Language
from commons_ld.sentences.settings import said
from commons_ld.settings.checking import wrong
from commons_ld.settings.lines import line_of
from commons_ld.settings.tables import Settings, Table, documented

__all__ = ["load_settings"]

#: The prefix of the variables that override the file: ``COMMONS_LD_PRIVACY__NOTES=omit``.
_ENVIRONMENT: Final = "COMMONS_LD_"
#: What stands before the name of one where it is told.
_VARIABLE: Final = "the variable "


def load_settings(
    path: Path | None = None, environment: Mapping[str, str] = os.environ, **flags: str | tuple[str, ...] | None
) -> Settings:
    """Return the settings in force.

    :param path: the settings file; ``None`` for none
    :param environment: where ``COMMONS_LD_…`` variables are looked up; ``__`` stands for the dot of a table
    :param flags: values that override all else, by dotted key with ``__``; ``None`` means not given
    :raises SettingsError: if a key is unknown or a value cannot be one, naming the key and where it stands: the line
        of the file, the variable or the flag

    >>> load_settings(environment={"COMMONS_LD_PRIVACY__NOTES": "omit"}).privacy.notes
    'omit'
    """
    given = list[_Given]()
    if path:
        text = _read(path)
        given.append(_Given(_parsed(path, text), str(path), text))
    for name, value in sorted(environment.items()):
        if name.startswith(_ENVIRONMENT):
            given.append(_Given(_nest(name.removeprefix(_ENVIRONMENT).lower(), value), f"{_VARIABLE}{name}"))
    for name, flag in flags.items():
        if flag is not None:
            place = f"the flag --{name.rpartition('__')[2].replace('_', '-')}"
            given.append(_Given(_nest(name, flag), place))
    tree: dict[str, Any] = {}
    for one in given:
        _lay(tree, one)
    settings = _convert(tree, {} if path is None else {"root": path.parent})
    for key, problem in wrong(settings):
        # The last one that gives a setting decides on it; what is built in is good.
        place = next(one.place(key) for one in reversed(given) if one.has(key))
        raise SettingsError(key, place, problem)
    return settings


#: The names of the settings that are lists; no other setting has one of them.
_LISTS: Final = frozenset(
    {"sources", "categories", "collections", "dumps", "organizations", "persons", "keywords", "themes"}
)


class _Given(NamedTuple):
    """Some settings that are given together.

    :param source: where: a file, a variable or a flag
    :param text: of the file
    """

    tree: dict[str, Any]
    source: str
    text: str = ""

    def place(self, key: str) -> str:
        """Return where a setting stands, with its line in a file."""
        line = line_of(self.text, key) if self.text else 0
        return f"{self.source}, line {line}" if line else self.source

    def has(self, key: str) -> bool:
        """Tell whether a setting is among them."""
        found: Any = self.tree
        for name in key.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        return found is not None


def _read(path: Path) -> str:
    try:
        # Some editors write a mark before UTF-8, which TOML does not allow.
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise SettingsError("", str(path), said("no-file")) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        value = f"0x{error.object[error.start]:02X}"
        raise SettingsError("", f"{path}, line {line}", said("not-utf-8", value=value)) from error
    except OSError as error:
        raise SettingsError("", str(path), said("unreadable", value=error)) from error


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem, _, place = str(error).removesuffix(")").rpartition(" (at ")
        line = found[1] if (found := re.match(r"line ([0-9]+)", place)) else len(text.splitlines())
        raise SettingsError("", f"{path}, line {line}", said("bad-toml", value=problem)) from error


def _nest(name: str, value: str | tuple[str, ...]) -> dict[str, Any]:
    """Return ``{"privacy": {"notes": value}}`` for ``privacy__notes``; a list is parted by ``|``."""
    head, _, rest = name.partition("__")
    if rest:
        return {head: _nest(rest, value)}
    if isinstance(value, str) and head in _LISTS:
        return {head: [part.strip() for part in value.split("|") if part.strip()]}
    return {head: value}


def _lay(tree: dict[str, Any], given: _Given) -> None:
    """Lay what is given on the tables of ``tree``, once its keys and values are known to be good."""
    _check_keys(Settings, given.tree, "", given)
    for key, value in given.tree.items():
        if isinstance(value, Mapping) and isinstance(tree.get(key), dict) and key not in ("title", "description"):
            tree[key] = {**tree[key], **value}
        else:
            tree[key] = value
    try:
        msgspec.convert(given.tree, Settings, strict=False)
    except msgspec.ValidationError as error:
        key = re.split(r"[`\[]", str(error).partition(" - at `$.")[2])[0]
        raise SettingsError(key, given.place(key), _said_of_kind(key, given.tree)) from error


def _said_of_kind(key: str, given: Any) -> dict[Language, str]:
    """Return what the value of a setting has to be, by its type."""
    kind: Any = Settings
    for name in key.split("."):
        hint = get_type_hints(kind, include_extras=True)[name]
        kind, meta = get_args(hint)[:2] if get_origin(hint) is Annotated else (hint, None)
        given = given[name]
    origin = get_origin(kind) or kind
    if origin not in _NO_KIND:
        return said("no-table", name=key)
    known = ", ".join(f'"{choice}"' for choice in get_args(kind)) if origin is Literal else ""
    if origin is int:
        known = f"{meta.ge}–{meta.le}" if meta.le is not None else f"≥ {meta.ge}"
    return said(_NO_KIND[origin], value=msgspec.json.encode(given, enc_hook=str).decode(), known=known)


#: What is said of a value that has not the type of its setting.
_NO_KIND: Final[dict[object, str]] = {
    str: "no-text",
    tuple: "no-list",
    bool: "no-truth",
    int: "no-number",
    dict: "no-texts",
    Literal: "no-choice",
}


def _check_keys(table: type[msgspec.Struct], tree: Mapping[str, Any], prefix: str, given: _Given) -> None:
    known = {field.name: field.type for field in msgspec.structs.fields(table) if field.name != "root"}
    for key, value in tree.items():
        if key not in known:
            # What belongs into a table may have been written without it.
            names = [*known, *(() if prefix else (name for name, *_ in documented()))]
            near = prefix + difflib.get_close_matches(key, names, n=1, cutoff=0.0)[0]
            if given.source.startswith(_VARIABLE):
                near = _ENVIRONMENT + near.upper().replace(".", "__")
            raise SettingsError(prefix + key, given.place(prefix + key), said("unknown", value=near))
        kind = known[key]
        if isinstance(kind, type) and issubclass(kind, Table) and isinstance(value, Mapping):
            _check_keys(kind, value, f"{prefix}{key}.", given)


def _convert(tree: dict[str, Any], extra: dict[str, Any]) -> Settings:
    settings = msgspec.convert(tree, Settings, strict=False)
    return msgspec.structs.replace(settings, **extra)
