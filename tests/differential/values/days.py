"""Every day of the shipped years and of the first one that is not, and working days after some of them."""

import random
from datetime import date, timedelta

from . import Value

FIRST, LAST = date(2019, 1, 1), date(2026, 12, 31)
NOT_LOADED = (date(2027, 1, 1), date(2027, 2, 15))


def span(first: date, last: date):
    """Each day from `first` to `last`."""
    return (first + timedelta(days=day) for day in range((last - first).days + 1))


def every():
    """All of them."""
    for day in (*span(FIRST, LAST), *span(*NOT_LOADED)):
        yield Value("calendar_day", day.isoformat())
    luck = random.Random(2019)
    for day in span(FIRST, date(2026, 10, 31)):
        # An instant of the evening before by UTC: the day counts in Shanghai.
        start = f"{day - timedelta(days=1)}T{luck.randrange(16, 24)}:30:00Z"
        yield Value("calendar", {"start": start, "working_days": luck.randrange(1, 25), "tz": "Asia/Shanghai"})
