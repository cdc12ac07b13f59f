"""What stands in a condition or a value, in the shape in which it is worked out."""

from __future__ import annotations

import msgspec
import pytest

from grammar.nodes import Call, Date, Duration, Expr, Mine, Number, Operation, Path, Quoted, Set, Time
from grammar.parser import parse
from grammar.reader import read


def value(text: str) -> Expr:
    file, findings = parse(read(f"set x to {text}".encode(), "a.flow")[0])
    assert findings == []
    (line,) = file.loose
    assert isinstance(line, Set)
    return line.value


def shape(node: Expr) -> str:
    """A short spelling, with brackets round every operation."""
    match node:
        case Number(value) | Time(value) | Date(value):
            return value
        case Quoted(text):
            return f'"{text}"'
        case Duration(amount, unit):
            return f"{amount}{unit}"
        case Path():
            return node.text
        case Mine(name):
            return f"my.{name.text}"
        case Call(function, args, fields):
            return f"{function.text}({', '.join(map(shape, args))})" + "".join(f".{field.text}" for field in fields)
        case Operation(name, args):
            return f"({name} {' '.join(map(shape, args))})"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("12", "12"),
        ("3.5", "3.5"),
        ("4 hours", "4hour"),
        ("1 Day", "1day"),
        ("9:05", "09:05"),
        ("2025-12-25", "2025-12-25"),
        ("25/12/2025", "2025-12-25"),
        ('"a b"', '"a b"'),
        ("“a b”", '"a b"'),
        ("„a“", '"a"'),
        ("«a»", '"a"'),
        ("'a'", '"a"'),
        ("worker.first_name", "worker.first_name"),
        ("my facility", "my.facility"),
        ("round(100 * score / max_score)", "round((/ (* 100 score) max_score))"),
        ('lookup(products, "act").name', 'lookup(products, "act").name'),
        ("if(a > 1 and b is c, 1, 2)", "if((and (> a 1) (= b c)), 1, 2)"),
        ("now()", "now()"),
        ("1 + 2 * 3 - 4", "(- (+ 1 (* 2 3)) 4)"),
        ("(1 + 2) × 3 ÷ 4", "(/ (* (+ 1 2) 3) 4)"),
        ("-3 − +2", "(- (neg 3) 2)"),
        ('a & " " & b & 1 + 2', '(& (& (& a " ") b) (+ 1 2))'),
        ("7 days ago", "(ago 7day)"),
        ("a is b", "(= a b)"),
        ("a = b", "(= a b)"),
        ("a == b", "(= a b)"),
        ("a is not b", "(!= a b)"),
        ("a <> b", "(!= a b)"),
        ("a ≠ b", "(!= a b)"),
        ("a ≤ 1 or a ≥ 5", "(or (<= a 1) (>= a 5))"),
        ("a is between 1 and 5 and b is c", "(and (between a 1 5) (= b c))"),
        ("a is one of b, c", "(one_of a b c)"),
        ("a is not one of b, c or d", "(or (none_of a b c) d)"),
        ("a includes b", "(includes a b)"),
        ("a is empty", "(empty a)"),
        ("a is not empty", "(answered a)"),
        ("not a is b and c", "(and (not (= a b)) c)"),
        ("a or b and c or d", "(or a (and b c) d)"),
        ("worker is in group trained", "(in_group worker trained)"),
        ("worker is not in group trained", "(not_in_group worker trained)"),
        ("A IS NOT EMPTY", "(answered A)"),
    ],
)
def test_shapes(text: str, wanted: str) -> None:
    assert shape(value(text)) == wanted


def test_a_long_sum_is_no_deep_recursion() -> None:
    node = value(" + ".join(["1"] * 120))
    depth = 0
    while isinstance(node, Operation):
        node, depth = node.args[0], depth + 1
    assert depth == 119


def test_an_operation_stands_from_its_first_to_its_last_word() -> None:
    node = value("a is one of b, c")
    assert (node.span.column, node.span.end_column) == (10, 26)
    assert isinstance(node, Operation)
    assert [arg.span.column for arg in node.args] == [10, 22, 25]


def test_nodes_are_compared_by_value() -> None:
    assert value("a is b") == value("a is b")
    with pytest.raises(AttributeError):
        value("a").span = msgspec.UNSET  # type: ignore[assignment, misc]
