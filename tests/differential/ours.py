"""Our side: one run of `zhenshi check --values` over all values."""

import json
import os
import subprocess
from dataclasses import asdict, dataclass, field

# Where none is named: the debug build, which `./dev test` has made.
BINARY = os.environ.get("ZHENSHI_BIN", "target/debug/zhenshi")


@dataclass(frozen=True)
class Answer:
    """What was said of one value; `says` is the verdict, the due day, or `error`."""

    says: str
    form: str | None = None
    codes: frozenset[str] = field(default_factory=frozenset)


def answers(values) -> dict[str, Answer]:
    """The answers by the ids of the values."""
    lines = "".join(json.dumps(asdict(value), ensure_ascii=False) + "\n" for value in values)
    command = [BINARY, "check", "--values", "-"]
    run = subprocess.run(command, input=lines, capture_output=True, text=True, encoding="utf-8")
    # 1 says that some values are invalid.
    assert run.returncode in (0, 1), run.stderr
    said = [json.loads(line) for line in run.stdout.splitlines()]
    assert [line["id"] for line in said] == [value.id for value in values], "one answer for each value, in their order"
    return {line["id"]: answer(line) for line in said}


def answer(line) -> Answer:
    """One line of output."""
    says = line.get("verdict") or line.get("due") or "error"
    codes = frozenset([*line.get("findings", []), *line.get("advisories", []), *(["provisional"] if line.get("provisional") else [])])
    return Answer(says, line.get("normalized"), codes)
