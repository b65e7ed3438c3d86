"""The concepts looked after: decided by a person, written into the file by hand as it were, and followed by exports."""

from __future__ import annotations

import csv
import difflib
import json
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from rdflib.namespace import SKOS

from commons_ld.artefacts import artefact
from commons_ld.cli import commands
from commons_ld.concepts import Concepts
from commons_ld.errors import VocabularyError
from commons_ld.settings import Settings
from commons_ld.vocabulary import CandidateConcept, Scheme, check, deciding
from commons_ld.vocabulary.turtle import Document

CONCEPTS = artefact("ontology/concepts.ttl").read_text(encoding="utf-8")
BASE = "https://w3id.org/commons-ld/remix/concept/"
PREF, ALT = f"<{SKOS.prefLabel}>", f"<{SKOS.altLabel}>"

HEAD = """@prefix : <http://a/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix dcterms: <http://purl.org/dc/terms/> .
"""


def candidate(label: str, name: str = "", facets: tuple[str, ...] = ("enjeux",)) -> CandidateConcept:
    """Return a candidate as an export finds it."""
    return CandidateConcept(label, f"{BASE}{name or label.lower()}", facets, (), ())


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return the settings of an archive that has no file of concepts yet."""
    return Settings(root=tmp_path)


def written(settings: Settings) -> str:
    """Return the archive's own file."""
    return (settings.root / "ontology" / "concepts.ttl").read_text(encoding="utf-8")


def changed(settings: Settings, before: str = CONCEPTS) -> tuple[list[str], list[str]]:
    """Return the lines of the file that are gone, and those that came."""
    lines = list(difflib.ndiff(before.splitlines(), written(settings).splitlines()))
    return [line[2:] for line in lines if line.startswith("- ")], [line[2:] for line in lines if line.startswith("+ ")]


# ── Deciding ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_candidate_becomes_a_concept_where_it_belongs(settings: Settings) -> None:
    """In order, in its facet, with nothing else touched; rdflib reads what was meant."""
    with deciding(settings) as decisions:
        decisions.accept(candidate("Eau", "eau"), {"en": "Water", "es": "Agua"}, broader=["espace-public"])

    gone, came = changed(settings)
    assert gone == []
    assert came == [
        "        concept:eau ,",
        "concept:eau a skos:Concept ;",
        "    skos:inScheme <https://w3id.org/commons-ld/remix/concepts> ;",
        '    skos:prefLabel "Eau"@fr , "Water"@en , "Agua"@es ;',
        "    skos:broader concept:espace-public .",
        "",
    ]
    text = written(settings)
    assert (
        text.index("concept:diffusion a ") < text.index("concept:eau a ") < text.index("concept:espace-de-creation a ")
    )
    graph = rdflib.Graph().parse(data=text, format="turtle")
    assert graph.value(rdflib.URIRef(f"{BASE}eau"), SKOS.broader) == rdflib.URIRef(f"{BASE}espace-public")
    assert len(graph) == len(rdflib.Graph().parse(data=CONCEPTS, format="turtle")) + 7
    assert Concepts.of(settings).find("WATER") == f"{BASE}eau"


def test_a_label_that_a_concept_has_is_not_taken_twice(settings: Settings) -> None:
    """Nothing is written then, and not even the file made."""
    with pytest.raises(VocabularyError, match="that of alimentation already"), deciding(settings) as decisions:
        decisions.accept(candidate("Eau", "eau"), {"en": "food"})
    assert not (settings.root / "ontology" / "concepts.ttl").exists()


def test_a_candidate_becomes_another_label(settings: Settings) -> None:
    """On the line of the other labels, or on one of its own."""
    with deciding(settings) as decisions:
        decisions.label(candidate("Carte"), "Mapping")
        decisions.label(candidate("Nourriture"), "alimentation")

    gone, came = changed(settings)
    assert '    skos:altLabel "Cartography"@en , "Carte"@fr .' in came
    assert '    skos:altLabel "Nourriture"@fr .' in came
    assert len(gone) == 2
    assert Concepts.of(settings).find("nourriture") == f"{BASE}alimentation"


def test_concepts_that_are_made_one_keep_their_addresses(settings: Settings) -> None:
    """The one that is replaced leaves the lists, and its labels find the other one."""
    with deciding(settings) as decisions:
        decisions.merge("gestion-de-l-eau", "maitrise-de-l-eau")

    concepts = Concepts.of(settings)
    for label in ("Gestion de l'eau", "Water management", "Maîtrise de l'eau"):
        assert concepts.find(label) == f"{BASE}maitrise-de-l-eau"
    graph = rdflib.Graph().parse(data=written(settings), format="turtle")
    old, new = (rdflib.URIRef(f"{BASE}{name}") for name in ("gestion-de-l-eau", "maitrise-de-l-eau"))
    assert graph.value(old, rdflib.DCTERMS.isReplacedBy) == new
    assert graph.value(old, rdflib.OWL.deprecated) == rdflib.Literal(True)
    assert {str(label) for label in graph.objects(new, SKOS.altLabel)} >= {"Gestion de l'eau", "Water management"}
    assert list(graph.subjects(SKOS.member, old)) == list(graph.subjects(SKOS.hasTopConcept, old)) == []
    with pytest.raises(VocabularyError, match="given up already"), deciding(settings) as decisions:
        decisions.merge(f"{BASE}gestion-de-l-eau", "voisinage")


def test_a_concept_that_is_renamed_keeps_its_address_and_its_former_label(settings: Settings) -> None:
    """There and back; a label in a language that it lacked is just added."""
    with deciding(settings) as decisions:
        decisions.rename("voisinage", "Quartier")
        decisions.rename("voisinage", "Vecindario", "ES")

    scheme = Scheme(written(settings), "a file")
    assert scheme.texts(f"{BASE}voisinage", "skos:prefLabel") == [
        ("Neighbourhood", "en"),
        ("Quartier", "fr"),
        ("Vecindario", "es"),
    ]
    assert scheme.texts(f"{BASE}voisinage", "skos:altLabel") == [("Voisinage", "fr")]
    with deciding(settings) as decisions:
        decisions.rename("Quartier", "Voisinage")
    scheme = Scheme(written(settings), "a file")
    assert scheme.texts(f"{BASE}voisinage", "skos:altLabel") == [("Quartier", "fr")]


def test_a_concept_that_is_given_up_keeps_its_name(settings: Settings) -> None:
    """Pages still mean it, until another concept replaces it or takes its label."""
    with deciding(settings) as decisions:
        decisions.deprecate("plaidoyer")
    assert Concepts.of(settings).find("Plaidoyer") == f"{BASE}plaidoyer"
    with deciding(settings) as decisions:
        decisions.rename("diffusion", "Plaidoyer")
    assert Concepts.of(settings).find("Plaidoyer") == f"{BASE}diffusion"
    with deciding(settings) as decisions:
        decisions.merge(f"{BASE}plaidoyer", "voisinage")
    assert Concepts.of(settings).find("Advocacy") == f"{BASE}voisinage"


def test_pages_that_name_a_concept_that_was_given_up_are_told(tmp_path: Path) -> None:
    """It is no candidate: its IRI is not used for something else."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.wiki").write_text(PAGE.format(objet="Voisinage", enjeu="Plaidoyer"), encoding="utf-8")
    run(tmp_path, "vocab", "deprecate", "plaidoyer")

    exported = run(tmp_path, "export")

    assert "'Plaidoyer' was given up" in " ".join(exported.output.split())
    dataset = rdflib.Dataset().parse(tmp_path / "dist" / "dataset.nq", format="nquads")
    candidates = rdflib.URIRef("https://w3id.org/commons-ld/ns#CandidateConcept")
    assert list(dataset.quads((None, rdflib.RDF.type, candidates, None))) == []
    assert run(tmp_path, "vocab", "candidates").output == "No candidate concept.\n"
    assert run(tmp_path, "vocab", "merge", "plaidoyer", "diffusion").exit_code == 0
    assert "given up" not in run(tmp_path, "export").output


@pytest.mark.parametrize("label", ["", " \n", "a\x00b", "\ud800"])
def test_labels_that_cannot_be_written_are_refused(settings: Settings, label: str) -> None:
    """Whatever a page had."""
    with pytest.raises(VocabularyError), deciding(settings) as decisions:
        decisions.accept(candidate("x"), {"en": label})


@given(st.text(min_size=1, max_size=30))
def test_hostile_labels_stay_labels(label: str) -> None:
    """Quotes, backslashes, directions of writing: what is written is what rdflib and pyoxigraph read."""
    document = Document(CONCEPTS)
    term = str(ox.Literal(label.encode("utf-8", "replace").decode(), language="fr"))
    document.add(f"<{BASE}voisinage>", ALT, term)

    text = document.checked()

    (found,) = (
        rdflib.Graph().parse(data=text, format="turtle").objects(rdflib.URIRef(f"{BASE}voisinage"), SKOS.altLabel)
    )
    assert str(found) == label.encode("utf-8", "replace").decode()


# ── The file ─────────────────────────────────────────────────────────────────────────────────────────────


def test_two_people_at_once_do_not_undo_each_other(settings: Settings) -> None:
    """What was written meanwhile, by whatever program, is not lost."""
    with deciding(settings) as decisions:
        decisions.rename("voisinage", "Quartier")
    path = settings.root / "ontology" / "concepts.ttl"

    def both() -> None:
        with deciding(settings) as decisions:
            decisions.rename("alimentation", "Nourriture")
            path.write_text(written(settings) + "# theirs\n", encoding="utf-8")

    with pytest.raises(VocabularyError, match="changed meanwhile"):
        both()
    assert written(settings).endswith("# theirs\n")
    assert "Nourriture" not in written(settings)
    assert [found.name for found in path.parent.iterdir()] == ["concepts.ttl"]


def test_a_file_in_another_encoding_is_told(settings: Settings) -> None:
    """With what to do."""
    path = settings.root / "ontology" / "concepts.ttl"
    path.parent.mkdir()
    path.write_bytes('@prefix : <http://a/> . :x :y "é" .'.encode("latin-1"))
    with pytest.raises(VocabularyError, match="not in UTF-8"), deciding(settings):
        pass


# ── Checking ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "code", "about"),
    [
        (":x a skos:ConceptScheme .", "S9", "x"),
        (':x skos:altLabel "X"@fr .', "S13", "x"),
        (':x skos:prefLabel "Xbis"@FR .', "S14", "x"),
        (":x skos:related :y . :y skos:broader :z . :z skos:broader :x .", "S27", "x"),
        (":x skos:exactMatch <http://b/> ; skos:broadMatch <http://b/> .", "S46", "x"),
        (':y skos:altLabel "x"@fr .', "ambiguous", "y"),
        (":x skos:broader :y . :y skos:broader :x .", "cycle", "x"),
        (":x skos:broader :x .", "cycle", "x"),
        (":x skos:narrower :y . :x skos:broader :y .", "cycle", "x"),
        (":x skos:related <http://b/unknown> .", "unknown-link", "x"),
        (':x skos:altLabel "sans"  .', "bad-language", "x"),
        (":x dcterms:isReplacedBy <http://b/unknown> .", "bad-replacement", "x"),
        (":x dcterms:isReplacedBy :y . :y owl:deprecated true .", "bad-replacement", "x"),
        ("", "orphan", "x"),
        ("", "missing-language", "x"),
        ("", "no-definition", "x"),
        (":n a skos:Concept .", "no-label", "n"),
    ],
)
def test_what_is_wrong_with_a_scheme_is_found(said: str, code: str, about: str) -> None:
    """Each condition of SKOS, and each quality, by its own example; the sentence is in both languages."""
    labels = "".join(f':{n} a skos:Concept ; skos:prefLabel "{n.upper()}"@fr . ' for n in "xyz")

    found = [one for one in check(Scheme(HEAD + labels + said, "a file")) if one.code == code]

    assert about in {one.name for one in found}
    assert all(one.problem["fr"] != one.problem["en"] for one in found)


def test_the_concepts_that_come_along_have_no_fault_and_no_warning() -> None:
    """They lack Spanish and definitions, which is said and not made up."""
    found = check(Scheme(CONCEPTS, "a file"))
    assert {(one.severity, one.code) for one in found} == {("advice", "missing-language"), ("advice", "no-definition")}


def test_a_well_made_scheme_has_nothing_to_mend() -> None:
    """The checks can be passed."""
    well = ':x a skos:Concept ; skos:prefLabel "a"@fr, "b"@en, "c"@es ; skos:definition "d"@fr ; skos:related :y .'
    other = ':y a skos:Concept ; skos:prefLabel "e"@fr, "f"@en, "g"@es ; skos:definition "h"@fr .'
    assert check(Scheme(HEAD + well + other, "a file")) == []


def test_a_long_chain_is_walked_without_recursion() -> None:
    """Ten thousand concepts in a row, and back."""
    chain = "".join(f":c{n} a skos:Concept ; skos:broader :c{n + 1} .\n" for n in range(10_000))
    (cycle,) = [
        one
        for one in check(Scheme(f"{HEAD}{chain}:c10000 a skos:Concept ; skos:broader :c0 .", "a file"))
        if one.code == "cycle"
    ]
    assert cycle.name == "c0"


# ── As a person does ─────────────────────────────────────────────────────────────────────────────────────

PAGE = """{{{{Objet média
|Description=Un essai
|Date de création=2021/12/02
|Type de document=Audio
|Catégorie Hess={objet}
|Enjeu={enjeu}
}}}}
"""


def run(folder: Path, *arguments: str) -> Result:
    """Run a command in an archive, in English."""
    config = folder / "commons-ld.toml"
    if not config.exists():
        config.write_text('base_iri = "https://w3id.org/commons-ld/remix/"\n', encoding="utf-8")
    first = ["vocab", arguments[1]] if arguments[0] == "vocab" else [arguments[0]]
    rest = arguments[len(first) :]
    return CliRunner().invoke(commands, [*first, "--config", str(config), "--lang", "en", *rest])


def test_an_export_with_three_unknown_labels_ends_with_none(tmp_path: Path) -> None:
    """Accepted, merged, and the records follow, under the IRIs that they had."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "a.wiki").write_text(
        PAGE.format(objet="Jardin partagé", enjeu="Politique de communs, Souveraineté"), encoding="utf-8"
    )
    (data / "b.wiki").write_text(PAGE.format(objet="Jardin partagé", enjeu="Plaidoyer"), encoding="utf-8")
    run(tmp_path, "export", "--quiet")

    listed = run(tmp_path, "vocab", "candidates")
    assert listed.output.splitlines()[0] == "Jardin partagé  (Object(s) of the commons; 2 records)"
    assert "→ near politique-des-communs “Politique des communs” 0.98" in listed.output
    assert [row["label"] for row in json.loads(run(tmp_path, "vocab", "candidates", "--json").output)] == [
        "Jardin partagé",
        "Politique de communs",
        "Souveraineté",
    ]
    accepted = run(tmp_path, "vocab", "accept", "jardin partage", "--label", "en", "Shared garden")
    assert accepted.exit_code == 0, accepted.output
    assert "it is yours from now on" in accepted.output
    assert run(tmp_path, "vocab", "merge", "Politique de communs", "politique-des-communs").exit_code == 0
    assert run(tmp_path, "vocab", "accept", "--all").exit_code == 0

    exported = run(tmp_path, "export")

    assert "published as a candidate" not in exported.output
    assert run(tmp_path, "vocab", "candidates").output == "No candidate concept.\n"
    dataset = rdflib.Dataset().parse(tmp_path / "dist" / "dataset.nq", format="nquads")
    union = rdflib.Graph()
    for subject, predicate, value, _ in dataset.quads():
        union.add((subject, predicate, value))
    cld = rdflib.Namespace("https://w3id.org/commons-ld/ns#")
    (record,) = union.subjects(cld.enjeu, rdflib.URIRef(f"{BASE}souverainete"))
    assert set(union.objects(record, cld.enjeu)) == {
        rdflib.URIRef(BASE + n) for n in ("politique-des-communs", "souverainete")
    }
    assert len(set(union.subjects(cld.objetDeCommun, rdflib.URIRef(f"{BASE}jardin-partage")))) == 2
    assert list(union.subjects(rdflib.RDF.type, cld.CandidateConcept)) == []
    published = (tmp_path / "dist" / "ontology" / "concepts.ttl").read_text(encoding="utf-8")
    assert '"Shared garden"@en' in published


@pytest.mark.parametrize(
    ("arguments", "exit_code", "told"),
    [
        (("list",), 0, "Users' assembly"),
        (("list", "--facet", "objets"), 0, "alimentation"),
        (("list", "--facet", "nothing"), 3, "objets"),
        (("show", "food"), 0, "skos:prefLabel        Alimentation @fr"),
        (("show", "alimentatio"), 3, "perhaps: Alimentation?"),
        (("check",), 0, "0 faults"),
        (("check", "--strict"), 0, "0 warnings"),
        (("candidates",), 3, "commons-ld export"),
        (("accept",), 2, "--all"),
        (("merge", "food", "alimentation"), 3, "does not replace itself"),
        (("rename", "food", "Plaidoyer"), 3, "that of plaidoyer already"),
    ],
)
def test_each_command_says_what_it_did_or_what_to_do(
    tmp_path: Path, arguments: tuple[str, ...], exit_code: int, told: str
) -> None:
    """In an archive without a file of its own and without an export."""
    result = run(tmp_path, "vocab", *arguments)

    assert result.exit_code == exit_code, result.output
    assert told in result.output
    assert not (tmp_path / "ontology" / "concepts.ttl").exists()


# ── On the site ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_scheme_is_listed_by_alphabet_and_facet_and_published_as_a_whole(tmp_path: Path) -> None:
    """Accents do not put a name at the end; the files say what the scheme says, and the table too."""
    (tmp_path / "data").mkdir()
    run(tmp_path, "export", "--quiet")
    site = tmp_path / "dist" / "site"

    def names(page: str) -> list[str]:
        return [
            str(link.text_content())
            for link in html.parse(str(site / page)).getroot().iterfind(".//ul[@class='names']//a")
        ]

    everything = names("concepts.html")
    assert len(everything) == 30
    assert everything.index("Espace public") + 1 == everything.index("État partenaire")
    assert names("concepts/objet.html") == sorted(names("concepts/objet.html"))
    assert set(names("concepts/objet.html")) < set(everything)
    assert len(names("concepts/objet.en.html")) == 7
    (tag,) = (
        html.parse(str(site / "concepts/objet.html"))
        .getroot()
        .iterfind(".//a[@aria-current='page'][@href='../concepts/objet.html']")
    )
    assert tag.text == "Objet de commun"
    expected = rdflib.Graph().parse(data=CONCEPTS, format="turtle")
    for suffix, syntax in ((".ttl", "turtle"), (".nt", "nt"), (".jsonld", "json-ld")):
        found = rdflib.Graph().parse(site / f"concepts{suffix}", format=syntax)
        assert set(found) == set(expected), suffix
    rows = list(csv.DictReader((site / "concepts.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["label_fr"] for row in rows if row["facets"] == "actions | enjeux"] == ["Régie publique"]
    labels = {(row["concept"], row[f"label_{tag}"], tag) for row in rows for tag in ("fr", "en", "es")}
    assert {label for label in labels if label[1]} == {
        (str(concept), str(label), label.language)
        for concept, label in expected.subject_objects(rdflib.SKOS.prefLabel)
        if (concept, rdflib.RDF.type, rdflib.SKOS.Concept) in expected and isinstance(label, rdflib.Literal)
    }
    assert len(rows) == 30


def test_the_report_of_an_export_tells_what_skos_forbids(tmp_path: Path) -> None:
    """In both languages, with the file; the publication is made, and ``validate`` exits with 1."""
    (tmp_path / "data").mkdir()
    (tmp_path / "ontology").mkdir()
    text = CONCEPTS + '\nconcept:voisinage skos:prefLabel "Quartier"@fr .\n'
    (tmp_path / "ontology" / "concepts.ttl").write_text(text, encoding="utf-8")

    exported = run(tmp_path, "export")

    assert exported.exit_code == 0
    assert run(tmp_path, "validate").exit_code == 1
    told = "“Neighbourhood” has several labels in fr: Quartier, Voisinage (SKOS, S14)"
    assert told in " ".join(exported.output.split())
    report = json.loads((tmp_path / "dist" / "report" / "report.json").read_bytes())
    (found,) = [result for page in report["pages"] for result in page["results"] if "S14" in result["source_shape"]]
    assert found["messages"]["fr"].startswith("«\u00a0Quartier\u00a0» a plusieurs libellés")
    assert (tmp_path / "dist" / "site" / "index.html").is_file()


def test_concepts_below_a_former_base_are_told(tmp_path: Path) -> None:
    """They were accepted before base_iri was changed, and would go on with addresses that lead nowhere."""
    (tmp_path / "data").mkdir()
    page = "21.12 Un essai\n\nEnjeu(x) : Forêt privée\n\nMétadonnées\n\nDate de création 2021/12/02\nMédia Audio\n"
    (tmp_path / "data" / "a.txt").write_text(page, encoding="utf-8")
    config = tmp_path / "commons-ld.toml"
    config.write_text('base_iri = "https://old.example/"\n', encoding="utf-8")
    run(tmp_path, "export")
    run(tmp_path, "vocab", "accept", "--all")
    before = run(tmp_path, "export").output

    config.write_text('base_iri = "https://new.example/"\n', encoding="utf-8")
    told = " ".join(run(tmp_path, "export", "--allow-deletions").output.split())

    assert "outside https" not in before
    sentence = "“Forêt privée” has the IRI https://old.example/concept/foret-privee, outside https://new.example/"
    assert told.count("outside https") == told.count(sentence) == 1
    file = tmp_path / "ontology" / "concepts.ttl"
    file.write_text(file.read_text(encoding="utf-8").replace("old.example", "new.example"), encoding="utf-8")
    assert "outside https" not in run(tmp_path, "export").output
    assert (tmp_path / "dist" / "site" / "concept" / "foret-privee.html").is_file()


def test_a_concept_without_a_label_is_told_by_its_name_with_the_command_that_gives_one(tmp_path: Path) -> None:
    """Accepted in one go, it has no English label; the words that the report gives are the command to type."""
    (tmp_path / "data").mkdir()
    page = "21.12 Un essai\n\nEnjeu(x) : Forêt privée\n\nMétadonnées\n\nDate de création 2021/12/02\nMédia Audio\n"
    (tmp_path / "data" / "a.txt").write_text(page, encoding="utf-8")
    run(tmp_path, "export")
    run(tmp_path, "vocab", "accept", "--all")

    told = " ".join(run(tmp_path, "export").output.split())
    assert "“Forêt privée” has no label in en; give it by commons-ld vocab rename foret-privee LABEL --in en." in told

    assert run(tmp_path, "vocab", "rename", "foret-privee", "Private forest", "--in", "en").exit_code == 0
    assert "has no label" not in run(tmp_path, "export").output


def test_a_concepts_page_counts_its_records_by_facet_and_year(tmp_path: Path) -> None:
    """One row a year, one column a facet that it stands in; where there is but one record, the list says as much."""
    (tmp_path / "data").mkdir()
    for number, (year, enjeu) in enumerate(
        [("2021", "Plaidoyer"), ("2022", "Plaidoyer"), ("2022", "Plaidoyer, Diffusion")]
    ):
        text = PAGE.format(objet="Voisinage", enjeu=enjeu).replace("2021/12/02", f"{year}/12/02")
        (tmp_path / "data" / f"p{number}.wiki").write_text(text, encoding="utf-8")
    run(tmp_path, "export", "--quiet")
    folder = tmp_path / "dist" / "site" / "concept"

    table = html.parse(str(folder / "plaidoyer.en.html")).getroot().find(".//table[@class='years']")
    assert table is not None
    assert [[cell.text_content() for cell in row] for row in table.iter("tr")] == [
        ["Year", "Issue at stake"],
        ["2022", "2"],
        ["2021", "1"],
    ]
    assert html.parse(str(folder / "diffusion.html")).getroot().find(".//table") is None
