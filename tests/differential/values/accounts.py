"""Bank cards: every usual length and beginning, with the right Luhn digit and with every wrong one."""

import random

from . import Value

BEGINNINGS = ("62", "6222", "9558", "4", "5", "35", "37", "9")


def luhn(body: str) -> str:
    """The digit that makes the sum a multiple of ten, counted from a table of doubled digits."""
    total = sum(int(digit) if place % 2 else (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)[int(digit)] for place, digit in enumerate(reversed(body)))
    return str(-total % 10)


def every():
    """All of them."""
    luck = random.Random(7812)
    for length in range(14, 21):
        for beginning in BEGINNINGS:
            for _ in range(4):
                body = beginning + "".join(luck.choice("0123456789") for _ in range(length - 1 - len(beginning)))
                right = luhn(body)
                for digit in "0123456789":
                    yield Value("card", body + digit)
                yield Value("card", " ".join([body[:4], body[4:8], body[8:] + right]))
