"""Every disagreement with another implementation stands in `disagreements.toml`, and every class there still occurs.

Run by `./dev test` or `./dev test differential`; see README.md.
"""

import re
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest

import ours
import theirs
import values

# Disagreements of one kind that are shown when they are in no class.
SHOWN = 20
FEWEST_COMPARED = 50_000


@dataclass(frozen=True)
class Disagreement:
    """One value of which another says something else."""

    library: str
    kind: str
    input: object
    ours: ours.Answer
    theirs: theirs.Opinion

    @property
    def about(self) -> str:
        """Whether the verdicts differ, or only the normal forms."""
        return "verdict" if self.ours.says != self.theirs.says else "form"


def fits(rule: dict, found: Disagreement) -> bool:
    """Whether a class of `disagreements.toml` holds this disagreement; what a class does not name may be anything."""
    day = re.fullmatch(r"\d{4}-\d\d-\d\d", found.ours.says)
    says = {"ours": "due" if day else found.ours.says, "theirs": found.theirs.says}
    return (
        found.library in rule["library"]
        and found.kind in rule["kind"]
        and rule.get("about", "verdict") == found.about
        and all(rule.get(side, said) == said for side, said in says.items())
        and rule.get("why", found.theirs.why) == found.theirs.why
        and ("code" not in rule or rule["code"] in found.ours.codes)
        and ("pattern" not in rule or re.fullmatch(rule["pattern"], str(found.input)) is not None)
    )


@pytest.fixture(scope="session")
def compared():
    """How many answers were compared, and all disagreements."""
    asked = values.every()
    said = ours.answers(asked)
    count, found = Counter(), []
    for library, value, opinion in theirs.opinions(asked):
        count[library] += 1
        answer = said[value.id]
        both_valid = answer.says == opinion.says == "valid"
        same_form = opinion.form is None or theirs.comparable(answer.form) == theirs.comparable(opinion.form)
        if answer.says != opinion.says or (both_valid and not same_form):
            found.append(Disagreement(library, value.kind, value.input, answer, opinion))
    return count, found


@pytest.fixture(scope="session")
def classes():
    """The classes of `disagreements.toml`, in their order."""
    return tomllib.loads((Path(__file__).parent / "disagreements.toml").read_text(encoding="utf-8"))["class"]


def class_of(classes, found) -> str | None:
    """The first class that holds it."""
    return next((rule["id"] for rule in classes if fits(rule, found)), None)


def test_the_libraries_were_asked(compared):
    """Nothing is proved by libraries that were asked nothing."""
    count, _ = compared
    expected = {library.name for library in theirs.ON_PYTHON} | set(theirs.ON_NODE)
    assert set(count) == expected
    assert sum(count.values()) >= FEWEST_COMPARED, count
    print("\ncompared:", dict(count))


def test_every_disagreement_has_its_reason(compared, classes):
    """No library says otherwise without a class that says why ours is right."""
    _, found = compared
    strange = [one for one in found if class_of(classes, one) is None]
    alike = defaultdict(list)
    for one in strange:
        codes = tuple(sorted(one.ours.codes))
        alike[one.library, one.kind, one.about, one.ours.says, one.theirs.says, one.theirs.why, codes].append((one.input, one.ours.form, one.theirs.form))
    for key, examples in alike.items():
        print(len(examples), key, examples[:SHOWN])
    assert not strange, f"{len(strange)} disagreements are in no class of disagreements.toml; see above"


def test_every_class_still_occurs(compared, classes):
    """A class that occurs no more is a reason that holds no more."""
    _, found = compared
    tally = Counter(class_of(classes, one) for one in found)
    for rule in classes:
        print(f"{tally[rule['id']]:6} {rule['id']}")
    assert [rule["id"] for rule in classes if not tally[rule["id"]]] == []


def test_every_class_gives_its_reason(classes):
    """A class without a reason or a source excuses nothing."""
    for rule in classes:
        assert len(rule["reason"]) > 30 and rule["source"], rule["id"]
    assert len({rule["id"] for rule in classes}) == len(classes)
