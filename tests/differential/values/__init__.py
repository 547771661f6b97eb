"""What is asked: made-up values of every kind, the same in every run.

To add values write a function that yields `Value`s and name it in `every`. Each module draws from a generator of its own, so
that adding to one changes nothing in the others.
"""

from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

AS_OF = "2026-11-23"


@dataclass(frozen=True)
class Value:
    """One question: a kind of `zhenshi check --values` and its input."""

    kind: str
    input: Any
    as_of: str = AS_OF
    id: str = ""


def every() -> list[Value]:
    """All values, each once, with their ids."""
    from . import accounts, days, numbers, phones

    asked = chain(numbers.every(), accounts.every(), days.every(), phones.every())
    unique = {(value.kind, repr(value.input)): value for value in asked}.values()
    return [replace(value, id=f"v{place}") for place, value in enumerate(unique)]
