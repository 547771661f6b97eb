"""Makes the Python stubs from proto/, as an integrator would, and puts them on the path.

Only `zhenshi` is generated: `google.type`, `google.rpc` and `google.protobuf` come from the packages of their owners, so
the tests also show that our copies of those files fit theirs.
"""

import atexit
import shutil
import sys
import tempfile
from pathlib import Path

import grpc_tools
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parents[2]
PROTO = ROOT / "proto"


# Where the stubs are; removed at the end.
OUT = Path(tempfile.mkdtemp(prefix="zhenshi-stubs-"))
atexit.register(shutil.rmtree, OUT, ignore_errors=True)


def generate() -> Path:
    """Generates the stubs into `OUT`, and returns it."""
    out = OUT
    well_known = Path(grpc_tools.__file__).parent / "_proto"
    files = sorted(str(path.relative_to(PROTO)) for path in (PROTO / "zhenshi").rglob("*.proto"))
    arguments = ["protoc", f"-I{PROTO}", f"-I{well_known}", f"--python_out={out}", f"--grpc_python_out={out}"]
    if protoc.main([*arguments, *files]) != 0:
        raise RuntimeError("the stubs could not be generated from proto/")
    sys.path.insert(0, str(out))
    return out
