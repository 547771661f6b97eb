"""Resident ID numbers of 18 and 15 characters, and residence permits: right ones of every region code, and every way to be
wrong."""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

from . import Value

REGIONS = Path(__file__).parents[3] / "crates/domain/data/region_codes.csv"
FIRST_BIRTH, LAST_BIRTH = date(1908, 1, 1), date(2026, 11, 20)
LAST_OLD_BIRTH = date(1999, 12, 31)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
PROVINCES = [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)]
IMPOSSIBLE_DAYS = ["0229", "0230", "0431", "0000", "1301", "0015", "1200", "0132"]


def check_character(body: str) -> str:
    """MOD 11-2 of ISO 7064, from the weights of the standard."""
    return CHECKS[sum(weight * int(digit) for weight, digit in zip(WEIGHTS, body)) % 11]


def whole(body: str) -> str:
    """The 17 digits with their check character."""
    return body + check_character(body)


def every():
    """All of them."""
    luck = random.Random(11643)
    for area in areas():
        yield from of_area(luck, area)
    for province in PROVINCES:
        yield from of_province(luck, province)
    yield from no_provinces(luck)
    yield from dressed(luck)
    yield from permits(luck)


def areas():
    """Every code of the table."""
    with REGIONS.open(encoding="utf-8") as file:
        return [row[0] for row in list(csv.reader(file))[1:]]


def birth(luck, last=LAST_BIRTH) -> str:
    """A day on which somebody was born, `YYYYMMDD`."""
    return (FIRST_BIRTH + timedelta(days=luck.randrange((last - FIRST_BIRTH).days))).strftime("%Y%m%d")


def body_of(luck, area, born=None) -> str:
    """Area, birth date, sequence."""
    return f"{area}{born or birth(luck)}{luck.randrange(1000):03}"


def of_area(luck, area):
    """A right number of each length."""
    yield Value("id18", whole(body_of(luck, area)))
    yield Value("id15", old(body_of(luck, area, birth(luck, LAST_OLD_BIRTH))))


def old(body: str) -> str:
    """The 15 digits of somebody born in the 1900s."""
    return body[:6] + body[8:17]


def of_province(luck, province):
    """Counties that are in no list, and every kind of error."""
    for _ in range(12):
        yield Value("id18", whole(body_of(luck, f"{province}{luck.randrange(10000):04}")))
    area = f"{province}01{luck.choice(['01', '02', '21'])}"
    for day in IMPOSSIBLE_DAYS:
        # 1999 is no leap year; 1900 is none either, though it can be divided by four.
        yield Value("id18", whole(body_of(luck, area, f"{luck.choice([1999, 1900, 2001])}{day}")))
        yield Value("id15", old(body_of(luck, area, f"19{luck.choice(['99', '01', '00'])}{day}")))
    yield Value("id18", whole(body_of(luck, area, "20961231")))
    yield Value("id18", whole(body_of(luck, area, "18990101")))
    yield Value("id18", whole(body_of(luck, area, "20000229")))
    for sequence in ("000", "996", "997", "998", "999"):
        yield Value("id15", old(f"{area}{birth(luck, LAST_OLD_BIRTH)}{sequence}"))
        yield Value("id18", whole(f"{area}{birth(luck)}{sequence}"))
    number = whole(body_of(luck, area))
    for place in range(18):
        wrong = luck.choice([digit for digit in "0123456789" if digit != number[place]])
        yield Value("id18", number[:place] + wrong + number[place + 1 :])
    for place in range(17):
        yield Value("id18", number[:place] + number[place + 1] + number[place] + number[place + 2 :])
    yield Value("id18", number[:17])
    yield Value("id18", number + "0")
    yield Value("id18", number[:10] + "A" + number[11:])
    yield Value("id15", old(number)[:14] + "X")


def no_provinces(luck):
    """The first two digits of nobody's card, Taiwan's 71 and foreigners' 9x among them."""
    for first in range(1, 100):
        if first not in PROVINCES:
            yield Value("id18", whole(body_of(luck, f"{first:02}0101")))
            yield Value("id15", old(body_of(luck, f"{first:02}0101", birth(luck, LAST_OLD_BIRTH))))


def dressed(luck):
    """Right numbers as people type them."""
    for _ in range(40):
        number = whole(body_of(luck, "110101"))
        yield Value("id18", number.lower())
        yield Value("id18", f" {number} ")
        yield Value("id18", f"{number[:6]} {number[6:14]} {number[14:]}")
        yield Value("id18", number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"}))


def permits(luck):
    """Residence permits of Hong Kong, Macau and Taiwan residents, and areas that are nearly theirs."""
    for area in ("810000", "820000", "830000"):
        for _ in range(60):
            number = whole(body_of(luck, area))
            yield Value("hmt_permit", number)
            yield Value("hmt_permit", number[:17] + luck.choice([c for c in CHECKS if c != number[17]]))
        yield Value("hmt_permit", whole(body_of(luck, area, "20010229")))
    for area in ("810101", "820001", "830100", "710000", "840000"):
        yield Value("hmt_permit", whole(body_of(luck, area)))
