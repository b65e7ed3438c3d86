"""Make what an archive begins with: a settings file, and a page to look at."""

from __future__ import annotations

import itertools
import json
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from commons_ld.errors import SettingsError
from commons_ld.messages import Language
from commons_ld.sentences.settings import MEANINGS_FR, said
from commons_ld.settings import Settings, documented

__all__ = ["settings_text", "start", "take_example_away"]

#: The page that ``data/`` holds at first: invented, with the parts that most pages have.
EXAMPLE: Final = """24.01 Exemple, un appel à remplacer

Dans la collection : Appel en commun

Objet(s) de commun : Puissance publique  Enjeu(x) : Politique des communs  Action(s) : Plaidoyer

Cette page est un exemple, et les personnes y sont inventées. Remplacez-la par les vôtres, copiées du navigateur.

Métadonnées

Date de création 2024/01/11
Date de publication 2024/01/15
Durée 01:00:00
Langue du contenu FR
Pays France
Fait partie de Appel en commun
Média Audio
URL de diffusion https://exemple.test/24-01.mp3


En résumé

Ce que la page dit en quelques paragraphes.

  • Alice Exemple est une invitée inventée.

Documents

Le texte de l'appel https://exemple.test/appel.pdf

URL mentionnées :

https://exemple.test/ - Un site inventé

Notes laissées par les participant·e·s

[18:02] Basile Inventé : Bonjour ! Qui parle en premier ?

  • [18:03] Alice Exemple : Moi.
"""

_HEADER: Final[dict[Language, str]] = {
    "fr": """\
# Les réglages de l'archive. Une ligne « #clé = valeur » est un défaut : ôter le # pour la changer.
# À régler d'abord, si l'archive n'est pas celle de Remix the commons : base_iri, [dataset], [wiki] et [sessions].
""",
    "en": """\
# The settings of the archive. A line "#key = value" is a default: take the # away to change it.
# To set first, if the archive is not that of Remix the commons: base_iri, [dataset], [wiki] and [sessions].
""",
}

#: What ``make`` does in a new archive: each target is a command, with what it is for.
_TARGETS: Final = {
    "export": "lire data/, vérifier, et écrire dist/ · read data/, check it, and write dist/",
    "fetch": "mettre data/wiki/ à jour depuis le wiki · bring data/wiki/ up to date with the wiki",
    "validate": "vérifier sans rien écrire · check, and write nothing",
    "check": "dire ce que les moissonneurs diraient de dist/ · tell what harvesters would say of dist/",
    "load": "charger dist/ dans un dépôt SPARQL · load dist/ into a SPARQL store",
    "serve": "montrer le site sur cette machine, avec SPARQL · serve the site on this machine, with SPARQL",
}


def start(folder: Path, *, command: Sequence[str] = ("commons-ld",), language: Language = "en") -> list[Path]:
    """Make a settings file and a Makefile in ``folder`` and an example in its ``data/``, and return what was made.

    What exists already is left as it is, and no example is put beside pages.

    :param command: the words that the Makefile calls commons-ld by, unless ``make CLI=…`` names another
    :param language: what the settings file explains itself in
    :raises SettingsError: if a file cannot be written

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> [path.relative_to(folder).as_posix() for path in start(folder)]
    ['commons-ld.toml', 'Makefile', 'data/exemple.txt']
    >>> start(folder)
    []
    """
    data = folder / "data"
    made = []
    try:
        if _write(folder / "commons-ld.toml", settings_text(language)):
            made.append(folder / "commons-ld.toml")
        if _write(folder / "Makefile", _makefile(command)):
            made.append(folder / "Makefile")
        # An example beside pages that are there would be published with them.
        is_new = not data.exists() or (data.is_dir() and not any(data.iterdir()))
        if is_new and _write(data / "exemple.txt", EXAMPLE):
            made.append(data / "exemple.txt")
    except OSError as error:
        raise SettingsError("", str(error.filename or folder), said("unwritable", value=error.strerror)) from error
    return made


def take_example_away(settings: Settings) -> list[Path]:
    """Remove the example from the sources once there are pages, if nobody changed it; return what was removed.

    >>> take_example_away(Settings(sources=("no-such-folder",)))
    []
    """
    removed = []
    for name in settings.sources:
        path = settings.path(name) / "exemple.txt"
        try:
            if path.read_bytes() == EXAMPLE.encode():
                path.unlink()
                removed.append(path)
        except OSError:
            # It is not there, or cannot be removed, and then is published as it was before.
            continue
    return removed


def _write(path: Path, text: str) -> bool:
    """Write a file unless there is one, and tell whether that was done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        return False
    return True


def _makefile(command: Sequence[str]) -> str:
    """Return a Makefile whose targets call the command line, and whose first lists them.

    >>> print(_makefile(["commons-ld"]).splitlines()[-1].strip())
    @$(CLI) serve $(ARGS)
    """
    lines = [
        "# `make` les énumère ; `make export ARGS=--quiet` passe des options. `make` lists them.",
        "",
        f"CLI  ?= {shlex.join(command).replace('$', '$$').replace('#', chr(92) + '#')}",
        "ARGS ?=",
        "",
        f".PHONY: help {' '.join(_TARGETS)}",
        "",
        "help:",
        *(f"\t@echo 'make {name:9} {meaning}'" for name, meaning in _TARGETS.items()),
    ]
    for name in _TARGETS:
        lines += ["", f"{name}:", f"\t@$(CLI) {name} $(ARGS)"]
    return "\n".join(lines) + "\n"


def settings_text(language: Language) -> str:
    """Return a settings file in which every setting stands as a comment, with its default and meaning.

    >>> print(settings_text("fr").split("\\n\\n")[1])
    # Ce par quoi commence chaque IRI de l'archive ; finit par /.
    #base_iri = "https://w3id.org/commons-ld/remix/"
    """
    return f"{_HEADER[language]}{''.join(_tables(language))}"


def _tables(language: Language) -> Iterator[str]:
    for table, rows in itertools.groupby(documented(), key=lambda row: row[0].rpartition(".")[0]):
        yield f"\n[{table}]\n" if table else ""
        for key, _, default, meaning in rows:
            explained = MEANINGS_FR[key] if language == "fr" else meaning
            yield f"\n# {explained}\n#{key.rpartition('.')[2]} = {_toml(default)}\n"


def _toml(default: str) -> str:
    """Return a default, given as JSON, as a value of TOML: the same but for tables.

    >>> _toml('{"fr":"Archive"}')
    '{ fr = "Archive" }'
    """
    value = json.loads(default)
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return "{ " + ", ".join(f"{key} = {json.dumps(text, ensure_ascii=False)}" for key, text in value.items()) + " }"
