"""What the fields of a record, and of its parts, are called where a person reads or writes them."""

from __future__ import annotations

from typing import Final

__all__ = ["FIELDS"]

#: What each field of :class:`commons_ld.record.RecordFields` is called; in French, as the wiki's pages do.
FIELDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("Titre", "Title"),
    "identifier": ("Identifiant", "Identifier"),
    "kind": ("Genre", "Kind"),
    "text_language": ("Langue des textes", "Language of the texts"),
    "page": ("Page du wiki", "Page of the wiki"),
    "collections": ("Fait partie de", "Part of"),
    "objets_de_commun": ("Objet(s) de commun", "Object(s) of the commons"),
    "enjeux": ("Enjeu(x)", "Issue(s) at stake"),
    "actions": ("Action(s)", "Action(s)"),
    "resultats_attendus": ("Résultat(s) attendu(s)", "Expected outcome(s)"),
    "description": ("Description", "Description"),
    "abstract": ("En résumé", "Summary"),
    "created": ("Date de création", "Date of creation"),
    "start": ("Heure de début", "Start time"),
    "issued": ("Date de publication", "Date of publication"),
    "duration": ("Durée", "Duration"),
    "languages": ("Langue du contenu", "Language of the content"),
    "countries": ("Pays", "Country"),
    "media_type": ("Média", "Medium"),
    "producers": ("Producteur(s)", "Producer(s)"),
    "participants": ("Participant(s)", "Participant(s)"),
    "authors": ("Auteur", "Author"),
    "guests": ("Invité·e·s", "Guests"),
    "broadcast_url": ("URL de diffusion", "Broadcast URL"),
    "website": ("Site Web", "Web site"),
    "image": ("Image", "Picture"),
    "coordinates": ("Coordonnées géographiques", "Geographic coordinates"),
    "documents": ("Documents", "Documents"),
    "links": ("URL mentionnées", "Mentioned URLs"),
    "notes_heading": ("Notes laissées par les participant·e·s", "Notes left by the participants"),
    "notes": ("Notes laissées par les participant·e·s", "Notes left by the participants"),
    "pad": ("Pad compagnon", "Companion pad"),
    # Fields of the parts of a record.
    "name": ("Nom", "Name"),
    "biography": ("Présentation", "Biography"),
    "url": ("Adresse", "Address"),
    "label": ("Libellé", "Label"),
    "author": ("Auteur de la note", "Author of the note"),
    "time": ("Heure", "Time"),
    "text": ("Texte de la note", "Text of the note"),
    "reply_to": ("Réponse à", "Reply to"),
    "position": ("Rang", "Position"),
    # What a record has of its own, or of its place in the archive.
    "slug": ("Nom dans les IRI", "Name in IRIs"),
    "former_titles": ("Anciens titres", "Former titles"),
    "recording": ("Enregistrement", "Recording"),
    "session": ("Séance", "Session"),
    "geo": ("Point", "Point"),
    "latitude": ("Latitude", "Latitude"),
    "longitude": ("Longitude", "Longitude"),
}
