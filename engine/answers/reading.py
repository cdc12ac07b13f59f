"""One message on its way to a value: the question, what was written, and whose words are understood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal

from engine.answers.question import ReadAs
from engine.answers.result import Right, Wrong
from engine.answers.vocabulary import Vocabulary, vocabulary
from engine.phrases import Phrases
from engine.values import Value


@dataclass(frozen=True, slots=True)
class Reading:
    """`text` is clean (`engine.letters.clean`), but for a question of kind text; `raw` as it came."""

    question: ReadAs
    text: str
    raw: str
    language: str
    today: date
    phrases: Phrases
    channel: str = "sms"

    @property
    def words(self) -> Vocabulary:
        """What is understood: the conversation's language before the flow's others."""
        return vocabulary(self.phrases, (self.language, *self.question.languages))

    @property
    def by_keys(self) -> bool:
        """Whether the answer was pressed in a call."""
        return self.channel == "ivr"

    def wrong(self, why: str, key: str, **values: Value) -> Wrong:
        """No value; `values` are shown as people of this language write them."""
        return Wrong(why, "invalid." + key, {name: self.show(value) for name, value in values.items()})

    def within(self, value: Value, key: str, example: Value) -> Right | Wrong:
        """The value if it is between the question's bounds."""
        low, high = self.question.low, self.question.high
        if low is not None and value < low:  # type: ignore[operator]
            return self.outside("low", key, example)
        if high is not None and value > high:  # type: ignore[operator]
            return self.outside("high", key, example)
        return Right(value)

    def outside(self, why: str, key: str, example: Value) -> Wrong:
        """No value; the phrase names the bounds that the question has, and gives an example where it has none."""
        low, high = self.question.low, self.question.high
        if low is not None and high is not None:
            return self.wrong(why, key + "_range", low=low, high=high)
        if low is not None:
            return self.wrong(why, key + "_low", low=low)
        if high is not None:
            return self.wrong(why, key + "_high", high=high)
        return self.wrong(why, key, example=example)

    def show(self, value: Value) -> str:
        """A value as it is written in a phrase."""
        if isinstance(value, Decimal):
            return format(value, "f").replace(".", self.phrases.say(self.language, "decimal_mark"))
        if isinstance(value, date):
            return f"{value:%d/%m/%Y}"
        return f"{value:%H:%M}" if isinstance(value, time) else str(value)
