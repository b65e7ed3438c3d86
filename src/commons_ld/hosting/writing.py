"""Write the kit: what Apache reads in the site itself, and what the others include, beside the site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from commons_ld.hosting.apache import htaccess
from commons_ld.hosting.caddy import caddyfile
from commons_ld.hosting.nginx import nginx
from commons_ld.outputs.generation import Generation

__all__ = ["HOSTING", "write_kit"]

#: The folder beside the site with what its server includes.
HOSTING: Final = "hosting/"


def write_kit(generation: Generation, gone: Iterable[str], moved: Mapping[str, str]) -> None:
    """Write the files that tell servers how to answer.

    :param gone: the paths of what was withdrawn, such as ``session/21-12-un-essai``
    :param moved: of each concept that was given up, the path of the one in its place, or ``""``
    :raises PublicationError: if a file cannot be written
    """
    paths = sorted(gone)
    generation.write("site/.htaccess", htaccess(paths, moved))
    # GitHub Pages would leave out what begins with a dot or an underscore.
    generation.write("site/.nojekyll", b"")
    maps, rules = nginx(paths, moved)
    generation.write(f"{HOSTING}commons-ld-maps.conf", maps)
    generation.write(f"{HOSTING}commons-ld-site.conf", rules)
    generation.write(f"{HOSTING}Caddyfile", caddyfile(paths, moved))
