"""The command line: it only calls the library.

Exit codes: 0 done; 1 something does not conform; 2 wrong usage; 3 could not be done.
"""

from __future__ import annotations

import os
import sys
from typing import Final

import click

from commons_ld import __version__
from commons_ld.commands import (
    aligning,
    asking,
    beginning,
    checking,
    harvesting,
    linking,
    loading,
    naming,
    publishing,
    rights,
    serving,
    vocabulary,
)
from commons_ld.commands.session import language_of
from commons_ld.errors import CommonsError

__all__ = ["commands", "main"]

_INTERRUPTED: Final = {
    "fr": "interrompu ; ce qui était publié le reste",
    "en": "interrupted; what was published before stands",
}


def main() -> None:
    """Run the command line; what a user can act upon ends it with a sentence, a fault of ours with a traceback."""
    try:
        commands(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo(_INTERRUPTED[language_of(os.environ.get("COMMONS_LD_LANG"))], err=True)
        sys.exit(130)
    except CommonsError as error:
        click.echo(error.told(language_of(os.environ.get("COMMONS_LD_LANG"))), err=True)
        sys.exit(error.exit_code)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="commons-ld")
def commands() -> None:
    """Turn the pages of an archive of recorded conversations into validated, published linked data.

    \b
      commons-ld init my-archive     a settings file and a data/ folder to start from
      commons-ld fetch URL           bring data/wiki/ up to date with a wiki
      commons-ld export              read data/, map, validate, write dist/
      commons-ld validate            the same without writing
      commons-ld check --as nde      what a harvester would say of it
      commons-ld load --to URL       bring a SPARQL store to what was published
      commons-ld serve               look at it: the site, and a SPARQL endpoint
      commons-ld explain IRI         where the statements about something come from
      commons-ld entities            which names are perhaps one
      commons-ld query total-hours   ask what was published, in SPARQL
      commons-ld vocab candidates    labels of pages that are no known concept
      commons-ld links               whether links to elsewhere still lead somewhere
      commons-ld align --to FILE     what of another vocabulary is the same
      commons-ld harvest URL         keep a copy of another archive's linked data

    Settings come from commons-ld.toml, then from variables COMMONS_LD_…; a flag overrides both.
    """


for _command in (
    beginning.init,
    beginning.fetch,
    publishing.export,
    publishing.site,
    publishing.validate,
    checking.check,
    loading.load,
    serving.serve,
    asking.explain,
    asking.query,
    naming.entities,
    rights.changes,
    rights.withdraw,
    rights.forget,
    harvesting.harvest,
    vocabulary.vocab,
    aligning.align,
    linking.links,
):
    commands.add_command(_command)
