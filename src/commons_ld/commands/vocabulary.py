"""Look after the concepts that records are filed under: ``vocab``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from commons_ld.commands.session import Session, everywhere

__all__ = ["vocab"]


@click.group(short_help="Look after the concepts.")
def vocab() -> None:
    """Look after the concepts that records are filed under: take in the candidates that exports found, rename, merge.

    The file of the concepts (ontology/concepts.ttl, or as vocabulary.concepts says) is changed in place: its order and
    comments stay. A concept is named by its label, by the end of its IRI, or by its IRI, which never changes. The next
    export publishes what was decided.
    """


def _out(command: Any) -> Any:
    return click.option(
        "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the publication.", show_default="dist"
    )(command)


def _texts(pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {language.lower(): text for language, text in pairs}


def _scheme(session: Session) -> Any:
    from commons_ld.concepts import concepts_file
    from commons_ld.vocabulary import Scheme, read_text

    path = concepts_file(session.settings)
    return Scheme(read_text(path, session.settings.base_iri), str(path))


def _tell(session: Session, decisions: Any) -> None:
    from commons_ld.vocabulary import said, to_json

    done = [*decisions.done, *([said("export-now")] if decisions.done else [])]
    session.print(
        "\n".join(sentence[session.language] for sentence in done), to_json([one["en"] for one in decisions.done])
    )


@vocab.command("list", short_help="List the concepts.")
@click.option(
    "--facet", default="", metavar="NAME", help="Only those of this facet: objets, enjeux, actions, resultats."
)
@everywhere
def list_(facet: str, **common: Any) -> None:
    """List the concepts: the name of each, its labels in French, English and Spanish, and the facets it stands in."""
    with Session(**common) as session:
        from commons_ld import vocabulary

        scheme = _scheme(session)
        place = scheme.facet(facet) if facet else ""
        chosen = [iri for iri in scheme.concepts if not place or place in scheme.facets(iri)]
        rows = [vocabulary.described(scheme, iri) for iri in chosen]
        session.answer(vocabulary.to_json(rows).decode(), vocabulary.list_text(scheme, chosen, session.language))


@vocab.command(short_help="Show a concept.")
@click.argument("concept")
@everywhere
def show(concept: str, **common: Any) -> None:
    """Show all that is said of CONCEPT: labels, definitions, facets, links."""
    with Session(**common) as session:
        from commons_ld import vocabulary

        scheme = _scheme(session)
        iri = scheme.find(concept)
        told = vocabulary.to_json(vocabulary.described(scheme, iri)).decode()
        session.answer(told, vocabulary.concept_text(scheme, iri))


@vocab.command(short_help="List the labels of pages that are no known concept.")
@_out
@everywhere
def candidates(out: Path | None, **common: Any) -> None:
    """List the labels that the last export found in pages and not among the concepts, those of most records first.

    With each: where it stands, and the known concepts that resemble it, with a score from 0 to 1. Decide on each by
    vocab accept (a new concept), vocab merge (another label of a known one), or by mending the page.
    """
    with Session(**common) as session:
        from commons_ld import vocabulary

        scheme = _scheme(session)
        found = vocabulary.read_candidates(out or session.settings.path(session.settings.output.directory), scheme)
        told = vocabulary.to_json(found).decode()
        session.answer(told, vocabulary.candidates_text(found, scheme, session.language))


@vocab.command(short_help="Make candidates concepts.")
@click.argument("labels", nargs=-1, metavar="LABEL…")
@click.option("--all", "is_all", is_flag=True, help="Accept every candidate.")
@click.option("--label", "texts", type=(str, str), multiple=True, metavar="LANG TEXT", help="The label in a language.")
@click.option("--definition", "definitions", type=(str, str), multiple=True, metavar="LANG TEXT", help="What it means.")
@click.option(
    "--facet", "facets", multiple=True, metavar="NAME", help="Where it stands.", show_default="where pages have it"
)
@click.option("--broader", multiple=True, metavar="CONCEPT", help="A concept that it is narrower than.")
@_out
@everywhere
def accept(
    labels: tuple[str, ...],
    is_all: bool,
    texts: tuple[tuple[str, str], ...],
    definitions: tuple[tuple[str, str], ...],
    facets: tuple[str, ...],
    broader: tuple[str, ...],
    out: Path | None,
    **common: Any,
) -> None:
    """Make the candidate concepts LABEL… concepts, each under the IRI that it was published with.

    commons-ld vocab accept "Jardin partagé" --label en "Shared garden" --facet objets
    """
    if bool(labels) == is_all:
        raise click.UsageError("Give labels or --all." if is_all is False else "Give labels or --all, and not both.")
    with Session(**common) as session:
        from commons_ld import vocabulary

        with vocabulary.deciding(session.settings) as decisions:
            folder = out or session.settings.path(session.settings.output.directory)
            found = vocabulary.read_candidates(folder, decisions.scheme)
            chosen = found if is_all else [vocabulary.candidate_of(label, found) for label in labels]
            if len(chosen) > 1 and (texts or definitions):
                raise vocabulary.VocabularyError(chosen[0].label, vocabulary.said("one-label"))
            for candidate in chosen:
                decisions.accept(
                    candidate, _texts(texts), definitions=_texts(definitions), facets=facets, broader=broader
                )
        _tell(session, decisions)


@vocab.command(short_help="Make a candidate, or a concept, one with another concept.")
@click.argument("what")
@click.argument("into")
@_out
@everywhere
def merge(what: str, into: str, out: Path | None, **common: Any) -> None:
    """Make WHAT one with the concept INTO.

    If WHAT is a candidate, its label becomes another label of INTO. If it is a concept, it keeps its IRI, says that it
    is replaced, and its labels find INTO from now on.
    """
    with Session(**common) as session:
        from commons_ld import vocabulary

        with vocabulary.deciding(session.settings) as decisions:
            folder = out or session.settings.path(session.settings.output.directory)
            candidate = vocabulary.candidate_if_any(what, folder, decisions.scheme)
            if candidate is None:
                decisions.merge(what, into)
            else:
                decisions.label(candidate, into)
        _tell(session, decisions)


@vocab.command(short_help="Call a concept otherwise.")
@click.argument("concept")
@click.argument("label")
@click.option(
    "--in", "language", default="", metavar="LANG", help="The language of the label.", show_default="that of the pages"
)
@everywhere
def rename(concept: str, label: str, language: str, **common: Any) -> None:
    """Call CONCEPT LABEL from now on. It keeps its IRI, and pages that have the former label still find it."""
    with Session(**common) as session:
        from commons_ld import vocabulary

        with vocabulary.deciding(session.settings) as decisions:
            decisions.rename(concept, label, language.lower())
        _tell(session, decisions)


@vocab.command(short_help="Give a concept up.")
@click.argument("concept")
@click.option("--replaced-by", default="", metavar="CONCEPT", help="The concept to use in its place.")
@everywhere
def deprecate(concept: str, replaced_by: str, **common: Any) -> None:
    """Give CONCEPT up: its IRI stays, and says so.

    Pages that name it still mean it, and the report says so, unless another concept replaces it.
    """
    with Session(**common) as session:
        from commons_ld import vocabulary

        with vocabulary.deciding(session.settings) as decisions:
            if replaced_by:
                decisions.merge(concept, replaced_by)
            else:
                decisions.deprecate(concept)
        _tell(session, decisions)


@vocab.command(short_help="Check the concepts.")
@click.option("--strict", is_flag=True, help="Exit with 1 if there is a warning.")
@everywhere
def check(strict: bool, **common: Any) -> None:
    """Check the concepts: what SKOS forbids (S9, S13, S14, S27, S46), and what makes them hard to use.

    Such as labels that two concepts share, missing translations, concepts that nothing leads to, and hierarchies that
    go round. Exits with 1 if there is a fault.
    """
    with Session(**common) as session:
        from commons_ld import vocabulary

        scheme = _scheme(session)
        found = vocabulary.check(scheme)
        told = vocabulary.to_json(found).decode()
        session.answer(told, vocabulary.findings_text(found, scheme, session.language))
    if any(finding.severity == "fault" or (strict and finding.severity == "warning") for finding in found):
        sys.exit(1)
