"""Runs the service on its built-in database, for as long as the tests need it."""

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from stubs import ROOT

# Making a database for the first time takes two or three seconds on an idle machine.
READY_TIMEOUT_S = 120
# The service bounds its own shutdown: handlers and recorder 10 s each, then the database.
STOP_TIMEOUT_S = 60
TOOL_TIMEOUT_S = 60


def binary() -> str:
    """The program under test: ZHENSHI_BIN, or what `cargo build` made."""
    return os.environ.get("ZHENSHI_BIN", str(ROOT / "target" / "debug" / "zhenshi"))


def environment() -> dict:
    """The environment without anything that would point the service at another database or configuration."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("ZHENSHI_", "DATABASE_"))}


@dataclass
class Service:
    """A running service."""

    data_dir: Path
    grpc: str
    http: str

    def run(self, *arguments: str) -> dict:
        """Runs another command of the program beside the service and returns its JSON."""
        command = [binary(), *arguments, "--data-dir", str(self.data_dir), "--json"]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=TOOL_TIMEOUT_S, env=environment(), check=False
        )
        assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return json.loads(done.stdout)

    def sql(self, statements: str):
        """Runs statements on the service's database, all or none."""
        command = [binary(), "db", "psql", "--data-dir", str(self.data_dir), "--", "--no-psqlrc", "--quiet"]
        command += ["--set", "ON_ERROR_STOP=1", "--command", statements]
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=TOOL_TIMEOUT_S, env=environment(), check=False
        )
        assert done.returncode == 0, f"exit {done.returncode}\n{done.stdout}\n{done.stderr}"

    def token(self, name: str, source: str, channel: str) -> str:
        """Makes a token and returns its secret."""
        made = self.run("token", "create", "--name", name, "--source", source, "--channel", channel)
        return made["token"]


def _first_line(stream) -> str:
    """The first line of a stream, or an error when it does not come in time."""
    lines: queue.Queue = queue.Queue()

    def read():
        for line in stream:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    try:
        return lines.get(timeout=READY_TIMEOUT_S)
    except queue.Empty:
        return ""


@contextlib.contextmanager
def running():
    """Starts the service in a directory of its own on free ports; stops it as an operator would, and cleans up."""
    # A short path that the server's own user may enter: its socket's path is limited to 107 bytes.
    data_dir = Path(tempfile.mkdtemp(prefix="zs-", dir="/tmp"))
    data_dir.chmod(0o711)
    log = data_dir / "service.log"
    command = [binary(), "serve", "--data-dir", str(data_dir)]
    command += ["--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0"]
    with log.open("wb") as stderr:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment())
    try:
        line = _first_line(process.stdout)
        assert line, f"the service did not become ready:\n{log.read_text()}"
        ready = json.loads(line)
        assert ready["event"] == "ready", ready
        yield Service(data_dir, ready["grpc"], ready["http"])
        assert process.poll() is None, f"the service ended during the tests:\n{log.read_text()}"
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_TIMEOUT_S) == 0, f"the service did not stop cleanly:\n{log.read_text()}"
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        _end_database(data_dir)
        shutil.rmtree(data_dir, ignore_errors=True)


def _end_database(data_dir: Path):
    """Ends the database that a killed service left behind; after a clean stop there is none."""
    for pid_file in data_dir.rglob("postmaster.pid"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            os.kill(int(pid_file.read_text().splitlines()[0]), signal.SIGQUIT)
