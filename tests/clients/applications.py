"""Synthetic applications. Nobody here exists: names are labels, numbers are computed."""

import itertools
import uuid

from google.type import date_pb2
from zhenshi.v1 import application_pb2 as model

# The system that numbers the applications; the token of the tests allows it.
SOURCE = "core"

# GB 11643: weights of the first seventeen digits, and the check character by the remainder.
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"

_serial = itertools.count(1)


def date(year: int, month: int, day: int) -> date_pb2.Date:
    """A civil date."""
    return date_pb2.Date(year=year, month=month, day=day)


def resident_id(birth: date_pb2.Date, serial: int, region: str = "110101") -> str:
    """A valid 18-digit resident ID number; an odd serial is a man's."""
    digits = f"{region}{birth.year:04}{birth.month:02}{birth.day:02}{serial:03}"
    remainder = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, digits)) % 11
    return digits + CHECK_CHARACTERS[remainder]


def with_wrong_check_character(number: str) -> str:
    """The same number with another check character."""
    return number[:-1] + ("1" if number[-1] != "1" else "2")


def account_number(serial: int) -> str:
    """A card number that passes the Luhn check."""
    digits = f"622202{21_345_061_357 + 7_919 * serial:012}"
    doubled = [int(d) * (2 if place % 2 == 0 else 1) for place, d in enumerate(reversed(digits))]
    total = sum(d - 9 if d > 9 else d for d in doubled)
    return digits + str(-total % 10)


def person(name: str, sex: int, birth: date_pb2.Date) -> model.Person:
    """A party with everything that can be stated."""
    serial = next(_serial)
    sequence = 2 * (serial % 490) + (11 if sex == model.SEX_MALE else 10)
    return model.Person(
        name=name,
        sex=sex,
        birth_date=birth,
        certificate=model.Certificate(
            kind=model.CERTIFICATE_KIND_RESIDENT_ID,
            number=resident_id(birth, sequence),
            valid_until=date(2045, 6, 30),
        ),
        phones=[f"139{27_041_357 + 1_009 * serial:08}"],
        email=f"sample{serial}@example.com",
        address=model.Address(
            region_code="110101",
            province="北京市",
            city="北京市",
            district="东城区",
            detail=f"样例路{serial}号2单元303室",
        ),
        nationality="CHN",
    )


def acceptable(application_no: str | None = None) -> model.Application:
    """An application with nothing wrong: a policyholder, his wife as the insured, premium from his own account."""
    policyholder = person("甲样例", model.SEX_MALE, date(1985, 3, 17))
    wife = person("乙样例", model.SEX_FEMALE, date(1987, 11, 2))
    return model.Application(
        source=SOURCE,
        application_no=application_no or f"PY-{uuid.uuid4()}",
        kind=model.APPLICATION_KIND_NEW_BUSINESS,
        channel=model.CHANNEL_BANCASSURANCE,
        branch_code="110000",
        seller_code="S0001",
        agency_code="A0001",
        product=model.Product(
            code="P001",
            name="样例两全保险（分红型）",
            # `class` is a word of Python's own.
            **{"class": model.PRODUCT_CLASS_PARTICIPATING},
            term=model.Term(years=10),
        ),
        applied_on=date(2026, 3, 2),
        policyholder=policyholder,
        insureds=[model.Insured(person=wife, relation=model.RELATION_SPOUSE)],
        accounts=[
            model.Account(
                purpose=model.ACCOUNT_PURPOSE_PREMIUM,
                number=account_number(next(_serial)),
                kind=model.ACCOUNT_KIND_CARD,
                bank_code="ICBC",
                holder_name=policyholder.name,
            )
        ],
    )


def faulty(application_no: str | None = None) -> model.Application:
    """The same with two faults: the policyholder's check character, and the insured's birth date."""
    application = acceptable(application_no)
    certificate = application.policyholder.certificate
    certificate.number = with_wrong_check_character(certificate.number)
    application.insureds[0].person.birth_date.day = 3
    return application


# What `faulty` is answered with: code, field path and article of each finding.
FAULTS = {
    ("ID_NUMBER_CHECK_CHARACTER", "policyholder.certificate.number", 6),
    ("BIRTH_DATE_CONTRADICTS_ID", "insureds[0].person.birth_date", 6),
}
