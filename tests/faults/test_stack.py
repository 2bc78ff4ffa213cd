"""The supervisor: everything comes up, everything goes away, however it is asked to."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from config.bootstrap import ROOT
from config.demo import run
from config.demo.serve import Stack, StackFailed, free_port
from tests.conftest import Template


def family(stack: Stack) -> list[psutil.Process]:
    """Every process of the stack, children included."""
    parents = [psutil.Process(process.pid) for process in stack.processes.values()]
    return parents + [child for parent in parents for child in parent.children(recursive=True)]


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run."""
    return [one for one in processes if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]


def status(url: str) -> int:
    """The HTTP status that `url` answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_it_answers_does_not_mind_a_lost_worker_and_leaves_nothing_behind(stack: Stack) -> None:
    assert status(stack.url) < 500
    lost = psutil.Process(stack.processes["worker"].pid)
    stack.kill("worker")
    assert stack.fallen() == ["worker"]
    stack.start("worker")
    stack.wait_ready("worker")
    assert stack.processes["worker"].pid != lost.pid
    processes = family(stack)
    assert len(processes) >= 5
    start = time.monotonic()
    stack.stop()
    assert time.monotonic() - start < 20
    assert not alive(processes)


def test_a_process_that_cannot_start_is_explained_with_its_last_words(tmp_path: Path) -> None:
    env = run.environment(tmp_path) | {"FIELD_KEYS_FILE": "/nowhere"}
    with pytest.raises(StackFailed, match=r"(?s)process ended with status .*nowhere"), Stack(tmp_path, env=env):
        pass


@pytest.mark.usually("sqlite3")
def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path, template: Template) -> None:
    code = (
        "import pathlib, time; from config.demo.serve import Stack\n"
        f"with Stack(pathlib.Path({str(tmp_path)!r}), env={template.copied(tmp_path)!r}): print('up', flush=True); time.sleep(60)"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    assert supervisor.stdout.readline() == "up\n"
    children = psutil.Process(supervisor.pid).children(recursive=True)
    assert len(children) >= 5
    supervisor.kill()
    supervisor.wait()
    psutil.wait_procs(children, timeout=20)
    assert not alive(children)


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the demo command, which is expected to refuse."""
    command = [sys.executable, "manage.py", "demo", *arguments]
    env = {**os.environ, "BOOTSTRAP": "off"}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60, check=False)


def test_a_taken_port_is_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = demo("--port", str(port), "--data", str(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr == f"Port {port} is taken: end what uses it, or choose another with --port.\n"


def test_a_data_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = demo("--data", str(tmp_path / "file"))
    assert refused.returncode == 1
    assert refused.stderr.startswith("The data folder")
    assert refused.stderr.count("\n") == 1


def test_a_second_demo_on_the_same_data_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    with run.alone(tmp_path):
        refused = demo("--data", str(tmp_path), "--port", str(free_port()))
    assert refused.returncode == 1
    assert "Another demo is running" in refused.stderr


def test_an_interrupted_demo_stops_in_good_order(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "demo", "--data", str(tmp_path), "--port", "0"]
    env = {**os.environ, "BOOTSTRAP": "off"}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (tmp_path / "keys" / "field-keys").exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _out, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    assert process.returncode == 130
    assert os.stat(tmp_path / "keys" / "field-keys").st_mode & 0o777 == 0o600
