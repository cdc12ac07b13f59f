"""A question owns all that stands below it, in the order of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.nodes.answers import AnswerType
from grammar.nodes.base import Name, Node
from grammar.nodes.expressions import Duration, Expr, Path
from grammar.nodes.people import People
from grammar.nodes.texts import Message, TextNode

if TYPE_CHECKING:  # a block holds statements, and statements hold blocks
    from grammar.nodes.statements import Statement


class Block(Node, frozen=True):
    """Statements one step further in, or the one behind the colon."""

    statements: tuple[Statement, ...]


class Choice(Node, frozen=True):
    """`1. yes: Yes -> deliver`.

    `number` is None for a bullet; `code` None where none is written (then the label's one word is the code).
    `label` holds the text and the parts below it.
    """

    label: Message
    number: int | None = None
    code: Name | None = None
    alone: bool = False
    go: Name | None = None


class Answer(Node, frozen=True):
    """`answer: …`, `answer on ivr: …`."""

    type: AnswerType
    channel: Name | None = None


class ChoicesFrom(Node, frozen=True):
    """`choices from products: {name}: {on_hand}`."""

    source: Path | People
    label: Message


class Reaction(Node, frozen=True):
    """`if invalid`, `if right`, `if wrong`: `kind` is the last word; a text, or a block."""

    kind: str
    message: Message | None = None
    block: Block | None = None


class Failure(Node, frozen=True):
    """`if failed` (`kind` "failed") or `if too many tries` ("too_many"), and its block."""

    kind: str
    block: Block


class Tries(Node, frozen=True):
    """`tries: 3`."""

    count: int


class Points(Node, frozen=True):
    """`points: 2`."""

    count: int


class Correct(Node, frozen=True):
    """`correct: a, c`."""

    values: tuple[Expr, ...]


class OnlyIf(Node, frozen=True):
    """`only if has_ors is yes`."""

    when: Expr


class Check(Node, frozen=True):
    """`check on_hand <= 5000: text`."""

    when: Expr
    message: Message


class Confirm(Node, frozen=True):
    """`confirm if …: text`, or `confirm: text` (then `when` is None)."""

    message: Message
    when: Expr | None = None


class Optional(Node, frozen=True):
    """`optional`."""


class Secret(Node, frozen=True):
    """`secret`."""


class Hint(Node, frozen=True):
    """`hint: text`."""

    message: Message


class Mapping(Node, frozen=True):
    """`dhis2: fbfJHSPpUQD`, `fhir: {product.link}`; `system` is dhis2 or fhir."""

    system: str
    target: TextNode


class Remind(Node, frozen=True):
    """`remind after 4 hours: text`; without text the question is repeated."""

    after: Duration
    message: Message | None = None


class GiveUp(Node, frozen=True):
    """`give up after 2 days: …`; without a block, `stop as no_answer`."""

    after: Duration
    block: Block | None = None


class Repeat(Node, frozen=True):
    """`ask again if wrong: after 2 days until right`."""

    after: Duration
    until_right: bool = False


class GoOn(Node, frozen=True):
    """`go on after 1 day`."""

    after: Duration


Attribute = (
    Choice
    | Answer
    | ChoicesFrom
    | Reaction
    | Failure
    | Tries
    | Points
    | Correct
    | OnlyIf
    | Check
    | Confirm
    | Optional
    | Secret
    | Hint
    | Mapping
    | Remind
    | GiveUp
    | Repeat
    | GoOn
)


class Question(Node, frozen=True):
    """`ask`, `quiz` or `verify` (`kind`).

    `message` holds the text with its languages and channels, wherever they stand below the question;
    `attributes` everything else, in order.
    """

    kind: str
    name: Name
    message: Message
    attributes: tuple[Attribute, ...] = ()


class Choose(Node, frozen=True):
    """`choose facility` and `choose pin`; `kind`: place, pin; the rest as in ChooseLanguage."""

    kind: str
    message: Message | None = None
    attributes: tuple[Attribute, ...] = ()

    @property
    def key(self) -> str:
        """By which name its texts and answers are known."""
        return "choose_pin" if self.kind == "pin" else "choose_facility"


class ChooseLanguage(Node, frozen=True):
    """`choose language`; `message` is None without a text of the author's; `attributes`: Tries, Remind, GiveUp."""

    message: Message | None = None
    attributes: tuple[Attribute, ...] = ()

    @property
    def key(self) -> str:
        """By which name its texts are known."""
        return "choose_language"
