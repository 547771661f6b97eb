"""deploy/: every file is well-formed, and what it says to the program exists there: commands, flags, keys, methods.

No container engine is needed, and none is used: what the engine itself makes of the files is not tested here.
"""

import configparser
import functools
import json
import re
import shutil
import subprocess

import pytest
import yaml
from google.protobuf import descriptor_pb2

import service as running_service
from stubs import ROOT

DEPLOY = ROOT / "deploy"
# Variables of the environment, besides ZHENSHI__SECTION__KEY, that the service reads.
VARIABLES = {"DATABASE_URL", "DATABASE_MIGRATE_URL", "OTEL_EXPORTER_OTLP_ENDPOINT"}
PREFIX = "ZHENSHI__"


def program(*arguments: str, binary: bool = False, env: dict | None = None) -> subprocess.CompletedProcess:
    """Runs the program to its end."""
    environment = running_service.environment() | (env or {})
    command = [running_service.binary(), *arguments]
    return subprocess.run(
        command, capture_output=True, text=not binary, timeout=running_service.TOOL_TIMEOUT_S, env=environment, check=False
    )


@functools.cache
def keys() -> frozenset:
    """Every key of the configuration."""
    return frozenset(value["key"] for value in json.loads(program("--json", "config", "show").stdout)["keys"])


@functools.cache
def help_of(commands: tuple) -> str:
    """The help of a command; empty if there is no such command."""
    done = program(*commands, "--help")
    return done.stdout if done.returncode == 0 else ""


def check_command(words: list[str]):
    """Commands and flags of one command line exist; the values of flags are not looked at."""
    commands: list[str] = []
    flags, value_follows = [], False
    for word in words:
        if word.startswith("-"):
            flags.append(word.split("=")[0])
            value_follows = "=" not in word and takes_value(tuple(commands), word)
        elif value_follows:
            value_follows = False
        else:
            commands.append(word)
    assert commands, f"no command in {words}"
    page = help_of(tuple(commands))
    assert page, f"no command `{' '.join(commands)}`"
    for flag in flags:
        assert re.search(rf"(?m)^\s+(-\w, )?{re.escape(flag)}\b", page), f"`{' '.join(commands)}` has no flag {flag}"


def takes_value(commands: tuple, flag: str) -> bool:
    """Whether the help shows a value behind the flag."""
    return re.search(rf"(?m)^\s+(-\w, )?{re.escape(flag)} <", help_of(commands)) is not None


def check_variables(names):
    """Variables are ones that the service reads."""
    for name in names:
        known = name in VARIABLES or (
            name.startswith(PREFIX) and name.removeprefix(PREFIX).replace("__", ".").lower() in keys()
        )
        assert known, f"the service reads no variable {name}"


def dockerfile() -> dict[str, list[str]]:
    """Instructions of the last stage, continued lines joined."""
    text = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text())
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    last = max(at for at, line in enumerate(lines) if line.startswith("FROM "))
    found: dict[str, list[str]] = {}
    for line in lines[last:]:
        instruction, rest = line.split(maxsplit=1)
        found.setdefault(instruction, []).append(rest)
    return found


def test_dockerfile():
    stage = dockerfile()
    user = stage["USER"][-1].split(":")[0]
    assert user.isdigit() and user != "0", "the service runs as an ordinary user, whose number an orchestrator can check"
    variables = dict(pair.split("=", 1) for line in stage["ENV"] for pair in line.split())
    check_variables(variables)
    assert not any("PASSWORD" in name or "://" in value for name, value in variables.items()), "no secrets in an image"
    assert json.loads(stage["ENTRYPOINT"][-1]) == ["/usr/local/bin/zhenshi"]
    check_command(json.loads(stage["CMD"][-1]))
    health = json.loads(stage["HEALTHCHECK"][-1].split("CMD", 1)[1])
    assert health[0] == "/usr/local/bin/zhenshi"
    check_command(health[1:])
    # The variables are right, save what the image cannot know: who encrypts, and the database.
    checked = program("--json", "config", "check", env=variables | {"ZHENSHI__GRPC__INSECURE": "true"})
    assert json.loads(checked.stdout)["errors"] == []


def unit() -> configparser.ConfigParser:
    """The unit; a key that stands there twice keeps its last value, but for the lists that are read by `values`."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, comment_prefixes="#", delimiters="=")
    parser.optionxform = str
    parser.read(DEPLOY / "zhenshi.service")
    return parser


def test_systemd_unit():
    section = unit()["Service"]
    assert section["User"] == "zhenshi"
    for key in ("ExecStartPre", "ExecStart"):
        path, *words = section[key].split()
        assert path == "/usr/local/bin/zhenshi"
        check_command(words)
    check_variables(word.split("=")[0] for word in section["Environment"].split())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_understands_and_approves_the_unit(tmp_path):
    # `verify` wants the program to be there.
    installed = tmp_path / "zhenshi.service"
    text = (DEPLOY / "zhenshi.service").read_text()
    installed.write_text(text.replace("/usr/local/bin/zhenshi", running_service.binary()))
    verified = subprocess.run(["systemd-analyze", "verify", str(installed)], capture_output=True, text=True, check=False)
    assert "zhenshi.service" not in verified.stderr, verified.stderr
    # In tenths: up to 2.0 is what systemd calls well protected.
    audited = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(installed)]
    done = subprocess.run(audited, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-200:]


def test_example_configuration(tmp_path):
    checked = program("--config", str(DEPLOY / "zhenshi.toml"), "--json", "config", "check")
    assert json.loads(checked.stdout)["errors"] == []
    wrong = tmp_path / "wrong.toml"
    wrong.write_text((DEPLOY / "zhenshi.toml").read_text().replace("listen", "lisen", 1))
    checked = program("--config", str(wrong), "--json", "config", "check")
    assert [error["key"] for error in json.loads(checked.stdout)["errors"]] == ["grpc.lisen"]


def test_compose(tmp_path):
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    services = compose["services"]
    ours = [service for service in services.values() if service["image"] == "zhenshi"]
    assert len(ours) == 2
    for service in ours:
        check_command(service["command"])
        check_variables(service["environment"])
        assert (DEPLOY / service["build"]["context"] / service["build"]["dockerfile"]).is_file()
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            made = source == "./zhenshi.binpb"  # by the user: deploy/README.md
            assert made or source in compose["volumes"] or (DEPLOY / source).is_file(), f"{name}: {source}"
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), "plain text stays on this machine"
    keyring = tmp_path / "keyring.json"
    keyring.touch()  # `zhenshi keys init` makes it in the volume; the check looks only whether it can be read
    insecure = services["zhenshi"]["environment"] | {"ZHENSHI__KEYRING__PATH": str(keyring)}
    checked = program("--json", "config", "check", env=insecure)
    assert json.loads(checked.stdout)["errors"] == []


def test_collector():
    collector = yaml.safe_load((DEPLOY / "otel-collector.yaml").read_text())
    for pipeline in collector["service"]["pipelines"].values():
        for part in ("receivers", "processors", "exporters"):
            assert set(pipeline[part]) <= set(collector[part])
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    port = collector["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"].rsplit(":", 1)[1]
    assert compose["zhenshi"]["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"] == f"http://collector:{port}"
    scraped = collector["receivers"]["prometheus"]["config"]["scrape_configs"][0]["static_configs"][0]["targets"]
    http = dict(pair.split("=", 1) for line in dockerfile()["ENV"] for pair in line.split())["ZHENSHI__HTTP__LISTEN"]
    assert scraped == [f"zhenshi:{http.rsplit(':', 1)[1]}"]


def route_of(method, routes):
    """The first route that matches, as Envoy takes it."""
    for route in routes:
        match = route["match"]
        whole = "safe_regex" in match and re.fullmatch(match["safe_regex"]["regex"], method)
        if whole or match.get("path") == method or method.startswith(match.get("prefix", "\0")):
            return route
    raise AssertionError(f"no route for {method}")


def test_envoy():
    envoy = yaml.safe_load((DEPLOY / "envoy.yaml").read_text())["static_resources"]
    clusters = {cluster["name"] for cluster in envoy["clusters"]}
    manager = envoy["listeners"][0]["filter_chains"][0]["filters"][0]["typed_config"]
    routes = [route for host in manager["route_config"]["virtual_hosts"] for route in host["routes"]]
    assert all(route["route"]["cluster"] in clusters for route in routes)
    transcoder, router = manager["http_filters"]
    assert router["name"] == "envoy.filters.http.router", "the router comes last"
    described = descriptor_pb2.FileDescriptorSet.FromString(program("descriptor", binary=True).stdout)
    services = {f"{file.package}.{service.name}" for file in described.file for service in file.service}
    assert set(transcoder["typed_config"]["services"]) == services, "every service, and none that is not there"
    methods = {
        f"/{file.package}.{service.name}/{method.name}": method.client_streaming or method.server_streaming
        for file in described.file for service in file.service for method in service.method
    }
    taken = {method: route_of(method, routes)["route"] for method in methods}
    for method, streams in methods.items():
        if streams:
            assert taken[method]["timeout"] == "0s" and "retry_policy" not in taken[method], method
    # Each call is a reveal: nobody makes a second one by himself.
    assert "retry_policy" not in taken["/zhenshi.v1.PrivacyService/RevealFields"]
    endless = {method for method, route in taken.items() if route["timeout"] == "0s" and not methods[method]}
    assert {method.rsplit("/")[-1] for method in endless} == {"RunSuspicionList", "VerifyAuditChain"}
    assert "resource-exhausted" in taken["/zhenshi.v1.ValidationService/ValidateApplication"]["retry_policy"]["retry_on"]
    messages = {f"{file.package}.{message.name}" for file in described.file for message in file.message_type}
    assert {"google.rpc.ErrorInfo", "google.rpc.BadRequest", "google.rpc.RetryInfo"} <= messages
    checks = envoy["clusters"][0]["health_checks"][0]["grpc_health_check"]["service_name"]
    assert checks in services
