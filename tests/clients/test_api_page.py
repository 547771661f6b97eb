"""docs/API.md: its examples run against the service, and its tables name what there is."""

import json
import os
import re
import subprocess
import sys

import pytest

import applications
import service as running_service
import stubs
from stubs import ROOT
from zhenshi.v1 import validation_service_pb2 as api

PAGE = (ROOT / "docs" / "API.md").read_text()
TIMEOUT_S = 60


def example(language: str) -> str:
    """The one example of that language."""
    (code,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return code


@pytest.fixture(scope="module")
def environment(service):
    """What an example needs to know of the running service."""
    token = service.token("api-page", applications.SOURCE, "all")
    known = {"ZHENSHI_ADDRESS": service.grpc, "ZHENSHI_TOKEN": token, "ZHENSHI_BIN": running_service.binary()}
    return running_service.environment() | known


def run(command, environment) -> str:
    """Runs an example to its end and returns what it printed."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=TIMEOUT_S, env=environment, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def check_output(printed: str):
    """Both examples send an application that lacks nearly everything, then a request that cannot be read."""
    assert re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-7", printed), f"no submission id in\n{printed}"
    for part in ("FIELD_MISSING policyholder.certificate", "INVALID_REQUEST", "request_id"):
        assert part in printed, printed


def test_python_example(environment, tmp_path):
    script = tmp_path / "example.py"
    script.write_text(example("python"))
    paths = os.pathsep.join(path for path in sys.path if path.startswith(str(stubs.OUT)))
    check_output(run([sys.executable, "-B", str(script)], environment | {"PYTHONPATH": paths}))


def test_node_example(environment):
    home = ROOT / "target" / "node-client"
    script = home / "example.mjs"
    script.write_text(example("js"))
    check_output(run(["node", str(script)], environment))


def test_every_rpc_stands_in_the_table():
    named = set(re.findall(r"(?m)^\| `(\w+)` \| (?:unary|bidirectional stream) \|", PAGE))
    assert named == set(api.DESCRIPTOR.services_by_name["ValidationService"].methods_by_name)


def test_the_service_config_names_what_there_is():
    config = json.loads((ROOT / "docs" / "service-config.json").read_text())
    service = api.DESCRIPTOR.services_by_name["ValidationService"]
    for method in config["methodConfig"]:
        for name in method["name"]:
            assert name["service"] == service.full_name
            assert name.get("method", "GetSubmission") in service.methods_by_name
    assert config["healthCheckConfig"]["serviceName"] == service.full_name
