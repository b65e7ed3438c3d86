"""What is said of what a wiki exports: dumps, and the RDF of Semantic MediaWiki."""

from __future__ import annotations

from typing import Final

from commons_ld.messages.sentence import Message

__all__ = ["EXPORTS"]

EXPORTS: Final = {
    # What the reader of dumps refuses.
    "bad-xml": Message(
        "Violation",
        "le XML est mal formé au caractère {value} de la ligne, et rien n'en est lu au-delà ; exporter de nouveau",
        "the XML is malformed at character {value} of the line, and is not read beyond it; export it again",
    ),
    "dump-without-pages": Message(
        "Violation",
        "le fichier d'export ne contient aucune page ; vérifier les titres demandés à Spécial:Exporter",
        "the dump holds no page; check the titles that Special:Export was asked for",
    ),
    "large-page": Message(
        "Violation",
        "le texte de la page est trop long ; la partager en plusieurs pages sur le wiki",
        "the text of the page is too long; divide it into several pages on the wiki",
    ),
    "not-a-dump": Message(
        "Violation",
        "ce n'est pas un export de MediaWiki (élément <{value}>) ; le faire par Spécial:Exporter ou dumpBackup.php",
        "this is no dump of a MediaWiki (element <{value}>); make one with Special:Export or dumpBackup.php",
    ),
    "packed-broken": Message(
        "Violation",
        "la compression du fichier est endommagée ; le transférer ou l'exporter de nouveau",
        "the compression of the file is broken; transfer it or export it again",
    ),
    "packed-cut": Message(
        "Violation",
        "le fichier compressé s'arrête avant sa fin ; le transférer ou l'exporter de nouveau",
        "the packed file ends before its end; transfer it or export it again",
    ),
    "packed-too-much": Message(
        "Violation",
        "le fichier décompressé dépasse {value} ; le décompresser soi-même, et donner le fichier .xml",
        "the file unpacks to more than {value}; unpack it yourself, and give the .xml file",
    ),
    "packed-too-tight": Message(
        "Violation",
        "le fichier décompressé est plus de {value} fois plus grand, ce qui n'est pas un export ; s'il en est un, "
        "le décompresser soi-même, et donner le fichier .xml",
        "the file unpacks to more than {value} times its size, which is no dump; if it is one all the same, "
        "unpack it yourself, and give the .xml file",
    ),
    "page-text-deleted": Message(
        "Violation",
        "le texte de la dernière version est supprimé du wiki ; l'y rétablir, ou supprimer la page",
        "the text of the latest revision is deleted on the wiki; restore it there, or delete the page",
    ),
    "page-without-text": Message(
        "Violation",
        "l'export ne contient pas le texte de la page ; exporter de nouveau, sans --stub",
        "the dump does not hold the text of the page; export it again, without --stub",
    ),
    "page-without-title": Message(
        "Violation",
        "l'export ne donne pas le titre de la page ; exporter de nouveau",
        "the dump does not give the title of the page; export it again",
    ),
    "too-many-redirects": Message(
        "Violation",
        "l'export a plus de {value} redirections ; celles qui suivent ne deviennent pas d'autres titres",
        "the dump has more than {value} redirects; those that follow do not become other titles",
    ),
    "xml-charset": Message(
        "Violation",
        "l'encodage que le fichier déclare n'est pas lu ici ; l'enregistrer en UTF-8",
        "the encoding that the file declares is not read here; save it as UTF-8",
    ),
    "xml-cut": Message(
        "Violation",
        "l'export s'arrête ici, avant sa fin, et la page commencée n'est pas lue ; exporter ou transférer de nouveau",
        "the dump ends here, before its end, and the page that was begun is not read; export or transfer it again",
    ),
    "xml-deep": Message(
        "Violation",
        "plus de {value} éléments XML sont l'un dans l'autre, ce qui n'est pas un export de MediaWiki ; l'ôter",
        "more than {value} XML elements stand inside each other, which is no dump of a MediaWiki; take it out",
    ),
    "xml-doctype": Message(
        "Violation",
        "le fichier déclare une DTD, ce qu'un export de MediaWiki ne fait pas, et n'est pas lu ; l'ôter",
        "the file declares a DTD, which no dump of a MediaWiki does, and is not read; take it out",
    ),
    "xml-long-tag": Message(
        "Violation",
        "une balise dépasse {value}, ce qui n'est pas un export de MediaWiki ; l'ôter",
        "a tag is longer than {value}, which no dump of a MediaWiki has; take it out",
    ),
    # What the reader of dumps passes over, and what it remarks.
    "other-page": Message(
        "Info",
        "la page n'appelle pas {{{{Objet média}}}} et n'est pas un enregistrement ; rien à faire si c'est voulu",
        "the page does not call {{{{Objet média}}}} and is no record; nothing is to be done if that is as meant",
    ),
    "odd-revision": Message(
        "Info",
        "« {value} » ne se lit pas comme {field} de la version ; exporter la page de nouveau",
        "'{value}' cannot be read as the {field} of the revision; export the page again",
    ),
    # What the reader of Semantic MediaWiki's exports refuses or remarks, and where two files tell of one page.
    "broken-host": Message(
        "Warning",
        "l'export appelle le wiki « {value} » ; ses adresses ne sont pas reprises ; régler $wgServer, refaire l'export",
        "the export calls the wiki '{value}', and its addresses are not taken over; set $wgServer and export again",
    ),
    "broken-rdf": Message(
        "Violation",
        "à partir d'ici, le RDF est mal formé ; les pages qui précèdent sont lues ; refaire l'export",
        "from here on, the RDF is malformed; the pages before it are read; export again",
    ),
    "broken-xml": Message(
        "Violation",
        "à partir d'ici, le XML est mal formé ({value}) ; les pages qui précèdent sont lues ; refaire l'export",
        "from here on, the XML is malformed ({value}); the pages before it are read; export again",
    ),
    "deep-xml": Message(
        "Violation",
        "plus de {value} éléments XML sont l'un dans l'autre ; ce n'est pas un export, ôter ce fichier",
        "more than {value} XML elements stand inside each other; this is no export, leave the file out",
    ),
    "html-not-rdf": Message(
        "Violation",
        "c'est une page HTML et non l'export RDF ; se connecter au wiki s'il le faut, et refaire l'export",
        "this is a page of HTML and not the RDF export; sign in to the wiki if need be, and save the export again",
    ),
    "large-expansion": Message(
        "Violation",
        "le fichier dépasserait {value} une fois ses entités remplacées ; exporter moins de pages à la fois",
        "the file would be larger than {value} with its entities replaced; export fewer pages at a time",
    ),
    "many-statements": Message(
        "Violation",
        "le fichier a plus de {value} énoncés, ou des noms trop longs ; exporter moins de pages à la fois",
        "the file has more than {value} statements, or names that are too long; export fewer pages at a time",
    ),
    "no-fact-of-a-record": Message(
        "Violation",
        "la page n'a aucun attribut d'un objet média ({value}) ; la mettre dans la catégorie Objet média, ou l'ôter",
        "the page has no property of a media object ({value}); put it in the category Objet média, or take it out",
    ),
    "no-record-in-export": Message(
        "Violation",
        "l'export ne contient aucun objet média ; exporter les pages de la catégorie Objet média",
        "the export holds no media object; export the pages of the category Objet média",
    ),
    "not-smw-rdf": Message(
        "Violation",
        "ce RDF n'est pas un export de Semantic MediaWiki ; exporter la page par Spécial:ExportRDF, ou ôter le fichier",
        "this RDF is no export of Semantic MediaWiki; export the page by Special:ExportRDF, or take the file out",
    ),
    "page-followed": Message(
        "Warning",
        "la page dit « {hint} », l'export « {value} » ; la page, plus récente ou plus claire, est suivie ; le refaire",
        "the page says '{hint}', the export '{value}'; the page, later or clearer, is followed; export again",
    ),
    "several-exports": Message(
        "Info",
        "un autre export parle de cette page ; le plus récent est suivi, et non « {value} » ; en garder un seul",
        "another export tells of this page; the latest is followed, and not '{value}'; keep only one",
    ),
    "sources-disagree": Message(
        "Warning",
        "la page dit « {hint} », et l'export « {value} », qui est suivi ; corriger la page, ou refaire l'export",
        "the page says '{hint}', and the export '{value}', which is followed; mend the page, or export again",
    ),
    "unsafe-doctype": Message(
        "Violation",
        "le DOCTYPE déclare autre chose que des adresses abrégées ; refaire l'export depuis le wiki",
        "the DOCTYPE declares something other than short forms of addresses; export from the wiki again",
    ),
}
