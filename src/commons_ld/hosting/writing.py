"""Write the kit: what Apache reads in the site itself, and what the others include, beside the site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from commons_ld.feeds import tombstones
from commons_ld.feeds.publishing import ROOT
from commons_ld.hosting.apache import htaccess
from commons_ld.hosting.caddy import caddyfile
from commons_ld.hosting.nginx import OAI, nginx
from commons_ld.hosting.table import Served
from commons_ld.outputs.generation import Generation
from commons_ld.settings import OutputSettings

__all__ = ["HOSTING", "write_kit"]

#: The folder beside the site with what its server includes.
HOSTING: Final = "hosting/"


def write_kit(
    generation: Generation, gone: Iterable[str], last_page: int, moved: Mapping[str, str], output: OutputSettings
) -> None:
    """Write the files that tell servers how to answer.

    :param gone: the paths of what was withdrawn, such as ``session/21-12-un-essai``
    :param last_page: the number of the last page of the feeds, which grows
    :param moved: of each concept that was given up, the path of the one in its place, or ``""``
    :param output: the settings that say how the files lie in folders
    :raises PublicationError: if a file cannot be written
    """
    stones = generation.folder / ROOT / tombstones.FOLDER
    reissued = (path.relative_to(stones).as_posix() for path in (stones / "feeds").rglob("*") if path.is_file())
    served = Served(last_page, moved, [*sorted(gone), *sorted(reissued)], output.folders == "sharded")
    generation.write(f"{ROOT}.htaccess", htaccess(served))
    # GitHub Pages would leave out what begins with a dot or an underscore.
    generation.write(f"{ROOT}.nojekyll", b"")
    maps, rules = nginx(served)
    generation.write(f"{HOSTING}commons-ld-maps.conf", maps)
    generation.write(f"{HOSTING}commons-ld-site.conf", rules)
    generation.write(f"{HOSTING}commons-ld-oai.conf", OAI)
    generation.write(f"{HOSTING}Caddyfile", caddyfile(served))
