"""Days and months as other languages say them; the language of flows has the English ones alone."""

from __future__ import annotations

from itertools import chain

_SAID = {
    "monday": "lundi lunes segunda-feira jumatatu",
    "tuesday": "mardi martes terça-feira jumanne",
    "wednesday": "mercredi miércoles quarta-feira jumatano",
    "thursday": "jeudi jueves quinta-feira alhamisi",
    "friday": "vendredi viernes sexta-feira ijumaa",
    "saturday": "samedi sábado jumamosi",
    "sunday": "dimanche domingo jumapili",
    "day": "jour día dia siku",
    "month": "mois mes mês mwezi",
    "tomorrow": "demain mañana amanhã kesho",
    "today": "aujourd'hui hoy hoje leo",
    "yesterday": "hier ayer ontem jana",
    "january": "janvier enero janeiro januari",
    "february": "février febrero fevereiro februari",
    "march": "mars marzo março machi",
    "april": "avril abril aprili",
    "may": "mai mayo maio mei",
    "june": "juin junio junho juni",
    "july": "juillet julio julho julai",
    "august": "août agosto agosti",
    "september": "septembre septiembre setembro septemba",
    "october": "octobre octubre outubro oktoba",
    "november": "novembre noviembre novembro novemba",
    "december": "décembre diciembre dezembro desemba",
}
"""French, Spanish, Portuguese and Swahili."""

_ENGLISH = dict(chain.from_iterable(((said, english) for said in words.split()) for english, words in _SAID.items()))


_SMALL = ("day", "month", "tomorrow", "today", "yesterday")


def english(word: str) -> str | None:
    """`vendredi` → `Friday`, `demain` → `tomorrow`; None where it is none of them."""
    found = _ENGLISH.get(word.lower())
    return found if found is None or found in _SMALL else found.capitalize()
