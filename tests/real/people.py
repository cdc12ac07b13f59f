"""Two hundred made-up workers: what each will answer to cholera_flash, and what the export must say of it then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

GROUP = "district_surveillance"
OFFICER = "+231779999999"
"""The phone of the one person in the group."""

PROBLEMS = (
    "No water since Monday, not a drop",
    "Pas d'eau, pas de savon; ça dure",
    "ውሃ የለም",
    'Stock "on the way" [2 weeks]',
)


@dataclass(frozen=True, slots=True)
class Worker:
    """Number `n` of them; what he answers follows from it."""

    n: int

    @property
    def phone(self) -> str:
        return f"+23177{self.n:07}"

    @property
    def language(self) -> str:
        """What his record says; every third is asked."""
        return ("en", "fr", "")[self.n % 3]

    @property
    def stock(self) -> str:
        """Has he ORS?"""
        return ("yes", "no", "unsure")[self.n % 7 % 3]

    @property
    def days(self) -> int:
        return self.n % 91

    @property
    def cases(self) -> int:
        return self.n % 9

    @property
    def problem(self) -> str:
        """A text that no other worker writes."""
        return f"{PROBLEMS[self.n % len(PROBLEMS)]} ({self.n})"

    def row(self) -> str:
        """His line in the list of workers."""
        return f"w{self.n},Worker{self.n} Toe,{self.phone},{self.language},F{self.n % 20},"

    def exported(self) -> dict[str, str]:
        """His answers, as the export must have them."""
        return {
            "has_ors": self.stock,
            "ors_days": str(self.days) if self.stock == "yes" else "",
            "ors_out_since": "2026-02-25" if self.stock == "no" else "",
            "cases": str(self.cases),
            "problem": self.problem,
        }


WORKERS = tuple(Worker(n) for n in range(200))
STOCK = {"yes": ("1", "1."), "no": ("2", " 2 "), "unsure": ("9", "9")}
BY_PHONE = {worker.phone: worker for worker in WORKERS}
LIST = "\n".join(
    (
        "id,name,phone,language,facility,groups",
        *(worker.row() for worker in WORKERS),
        f"officer,Grace Cooper,{OFFICER},en,F1,{GROUP}",
    )
)

REPLIES: tuple[tuple[str, str, str, Callable[[Worker], str]], ...] = (
    ("", "1. English", "1. English", lambda worker: str(1 + worker.n % 2)),
    ("has_ors", "Do you have ORS", "Avez-vous des sachets", lambda worker: STOCK[worker.stock][worker.n % 2]),
    ("ors_days", "For how many days", "Pendant combien de jours", lambda worker: str(worker.days)),
    ("", "Is that right?", "Est-ce juste", lambda worker: "1"),
    ("ors_out_since", "When did ORS run out?", "Depuis quand", lambda worker: "25/2/2026"),
    ("cases", "How many cholera cases", "Combien de cas", lambda worker: str(worker.cases)),
    ("problem", "your biggest problem", "votre plus grand problème", lambda worker: worker.problem),
)
"""Which question a prompt asks ("" for one that is no question of the flow's), what it is known by in English and
French, and what is answered to it."""

THANKS = ("Your answers were saved.", "Vos réponses sont enregistrées.")


class Person:
    """Answers each prompt by its text; one that was just answered, and comes again word for word, is left alone.

    `answers`: by number, the questions of the flow in the order in which they were answered, with the answers.
    """

    def __init__(self) -> None:
        self._last: dict[str, str] = {}
        self.answers: dict[str, list[tuple[str, str]]] = defaultdict(list)

    def reply(self, number: str, text: str) -> str | None:
        """What the worker with this number writes back, None for nothing."""
        worker = BY_PHONE.get(number)
        if worker is None or self._last.get(number) == text:
            return None
        for question, english, french, answer in REPLIES:
            if english in text or french in text:
                self._last[number] = text
                if question:
                    self.answers[number].append((question, answer(worker)))
                return answer(worker)
        return None
