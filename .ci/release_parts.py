"""Compares what a program says it is made of (`.dep-v0`, by cargo-auditable) with its SBOM and with the lock file.

    release_parts.py PROGRAM SBOM Cargo.lock

Ends with 1 and says what differs. No library: whoever is handed a release can run it.
"""

import json
import struct
import sys
import tomllib
import zlib


def section(program: str, wanted: str) -> bytes:
    """The section of an ELF file (64 bits, little-endian) called `wanted`."""
    with open(program, "rb") as file:
        data = file.read()
    if data[:6] != b"\x7fELF\x02\x01":
        sys.exit(f"{program}: not an ELF file of 64 bits")
    offset, = struct.unpack_from("<Q", data, 0x28)
    size, count, names = struct.unpack_from("<HHH", data, 0x3A)

    def header(number: int) -> tuple[int, int, int]:
        name, = struct.unpack_from("<I", data, offset + number * size)
        start, length = struct.unpack_from("<QQ", data, offset + number * size + 0x18)
        return name, start, length

    _, table, _ = header(names)
    for number in range(count):
        name, start, length = header(number)
        end = data.index(b"\0", table + name)
        if data[table + name:end].decode() == wanted:
            return data[start:start + length]
    sys.exit(f"{program}: it does not hold its list of crates ({wanted})")


def main() -> None:
    program, sbom, lock = sys.argv[1:]
    held = json.loads(zlib.decompress(section(program, ".dep-v0")))
    # What only built it is in the list too, and marked.
    inside = {(p["name"], p["version"]) for p in held["packages"] if p.get("kind", "runtime") == "runtime"}
    everything = {(p["name"], p["version"]) for p in held["packages"]}
    with open(sbom, encoding="utf-8") as file:
        written = json.load(file)
    own = written["metadata"]["component"]
    listed = {(c["name"], c["version"]) for c in written["components"]} | {(own["name"], own["version"])}
    with open(lock, "rb") as file:
        locked = {(p["name"], p["version"]) for p in tomllib.load(file)["package"]}

    faults = []
    for what, of, within in [
        ("in the program and not in the SBOM", inside, listed),
        ("in the SBOM and not in the program", listed, everything),
        ("in the program and not in the lock file", everything, locked),
        ("in the SBOM and not in the lock file", listed, locked),
    ]:
        faults += [f"{name} {version}: {what}" for name, version in sorted(of - within)]
    print(f"{len(inside)} crates in the program ({len(everything)} with those that built it), {len(listed)} in the SBOM, "
          f"{len(locked)} in the lock file, {len(faults)} differences", file=sys.stderr)
    if faults:
        sys.exit("\n".join(faults))


main()
