"""Chats in the forms in which programs of calls and messengers save them, to be filled in."""

from __future__ import annotations

from typing import Final

__all__ = ["NOTICES", "PRIVATE", "WRITTEN"]

#: How each program writes a message: its time is filled in, and who writes what.
WRITTEN: Final = {
    "zoom-en": "14:{minute:02}:10\t From {author} to Everyone : {text}",
    "zoom-fr": "14:{minute:02}:10 De  {author}  à  Tout le monde:\n\t{text}",
    "zoom-old": "14:{minute:02}:10\t From  {author} : {text}",
    "zoom-copied-en": "From {author} to Everyone:  02:{minute:02} PM\n{text}",
    "zoom-copied-fr": "De {author} à tout le monde:  14:{minute:02}\n{text}",
    "zoom-recording": "00:{minute:02}:10\t{author}:\t{text}",
    "bigbluebutton": "[14:{minute:02}] {author} : {text}",
    "bigbluebutton-roles": "[14:{minute:02}] [{author} : VIEWER]: {text}",
    "whatsapp-android-en": "12/2/21, 2:{minute:02}\u202fPM - {author}: {text}",
    "whatsapp-android-fr": "02/12/2021 à 14:{minute:02} - {author}: {text}",
    "whatsapp-ios-en": "\u200e[12/2/21, 2:{minute:02}:10 PM] {author}: {text}",
    "whatsapp-ios-fr": "[02/12/2021 14:{minute:02}:10] {author}: {text}",
    "signal": "[2021-12-02, 14:{minute:02}] {author}: {text}",
}
#: How those that know private messages write one.
PRIVATE: Final = {
    "zoom-en": "14:{minute:02}:10\t From {author} to {recipient} (Direct Message) : {text}",
    "zoom-fr": "14:{minute:02}:10 De  {author}  à  {recipient}(Message direct):\n\t{text}",
    "zoom-old": "14:{minute:02}:10\t From  {author}  to  {recipient}(Privately) : {text}",
    "zoom-copied-en": "From {author} to {recipient}:  02:{minute:02} PM\n{text}",
    "zoom-copied-fr": "De {author} à {recipient}:  14:{minute:02}\n{text}",
}
#: What they write besides, which may name anybody.
NOTICES: Final = {
    "zoom-en": "14:30:00\t {author} has left",
    "zoom-recording": "00:30:00\t{author} has left",
    "bigbluebutton-roles": "[14:30] {author} est désormais présentateur",
    "whatsapp-android-en": "12/2/21, 2:30\u202fPM - {author} added Zoé",
    "whatsapp-android-fr": "02/12/2021 à 14:30 - {author} a quitté le groupe",
    "whatsapp-ios-en": "[12/2/21, 2:30:10 PM] Communs: \u200e{author} joined",
    "whatsapp-ios-fr": "[02/12/2021 14:30:10] Ana: {author}.vcf (fichier joint)",
}
