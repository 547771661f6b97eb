"""Telephones: every mobile prefix and every area code with every plausible length, services, and foreign numbers."""

import random

import phonenumbers

from . import Value

# With which others a mainland insurer's customers have telephones, and the neighbours in the plan.
COUNTRIES = (
    "HK MO TW SG MY TH VN ID PH JP KR IN PK KZ RU MN AU NZ US CA GB FR DE IT ES NL CH SE BR ZA NG AE TR".split()
)
KINDS = ("MOBILE", "FIXED_LINE", "TOLL_FREE", "PREMIUM_RATE", "SHARED_COST", "VOIP", "UAN", "PERSONAL_NUMBER", "PAGER")
SERVICES = (
    "10086 10010 10000 12345 12315 95588 95518 955880 110 119 120 122 114 96110 961234 100861 "
    "4008001234 4001234567 8008101234 400-820-8820 800-810-1234 1008611 02195588 010-95588 0755-95555 021-96110"
).split()


def digits(luck, count: int) -> str:
    """So many digits; no run of them looks like a placeholder."""
    while True:
        text = "".join(luck.choice("0123456789") for _ in range(count))
        if all(text[place : place + 3] != text[place] * 3 for place in range(count - 2)):
            return text


def every():
    """All of them."""
    luck = random.Random(2017)
    yield from mobiles(luck)
    yield from lines(luck)
    yield from (Value("phone", service) for service in SERVICES)
    for country in COUNTRIES:
        yield from abroad(luck, country)


def mobiles(luck):
    """130 to 199 with one digit too few, right, one too many; the finer series; the ways to write one."""
    for prefix in range(130, 200):
        for length in (7, 8, 9):
            for _ in range(3):
                yield Value("phone", f"{prefix}{digits(luck, length)}")
    for prefix in (*range(17400, 17420), *range(13490, 13500), *range(16100, 16110)):
        yield Value("phone", f"{prefix}{digits(luck, 6)}")
    for prefix in range(1300, 2000, 7):
        number = f"{prefix}{digits(luck, 7)}"
        for dressed in ("+86{}", "0086{}", "86{}", "+86 {}", "(+86){}", " {} "):
            yield Value("phone", dressed.format(number))
        yield Value("phone", f"{number[:3]}-{number[3:7]}-{number[7:]}")
        yield Value("phone", f"{number[:3]} {number[3:7]} {number[7:]}")
    for prefix in ("1064", "10646", "10648", "10649", "14", "140", "141", "144", "146", "148"):
        yield Value("phone", f"{prefix}{digits(luck, 13 - len(prefix))}")
        yield Value("phone", f"{prefix}{digits(luck, 11 - len(prefix))}")


def lines(luck):
    """Every area code, real or not, with local numbers of six to nine digits and every first digit."""
    codes = ["010", *(f"02{digit}" for digit in range(10)), *(f"0{code}" for code in range(300, 1000))]
    for code in codes:
        for length in (6, 7, 8, 9):
            for first in (luck.choice("2345678"), luck.choice("0123456789")):
                local = first + digits(luck, length - 1)
                yield Value("phone", f"{code}-{local}")
        yield Value("phone", f"+86 {code[1:]} {luck.choice('2345678')}{digits(luck, 6)}")
        yield Value("phone", f"{code}{luck.choice('2345678')}{digits(luck, 7)}")


def abroad(luck, country):
    """The library's own examples of each kind, the same with one digit less and more, and numbers by chance."""
    code = phonenumbers.country_code_for_region(country)
    for kind in KINDS:
        example = phonenumbers.example_number_for_type(country, getattr(phonenumbers.PhoneNumberType, kind))
        if example is not None:
            number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            for text in (number, number[:-1], number + "3", "00" + number[1:]):
                yield Value("phone", text)
    for length in range(5, 12):
        for _ in range(6):
            yield Value("phone", f"+{code}{luck.choice('123456789')}{digits(luck, length - 1)}")
