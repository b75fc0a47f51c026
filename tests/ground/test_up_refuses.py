"""What `jishi` refuses at start: in one line, naming the variable, with exit code 2, before anything runs."""

import fcntl
import socket
import subprocess
from pathlib import Path

import pytest

from jishi.entry.cli.main import COMMANDS, main
from tests.engines import CHECKOUT, free_port
from tests.market import jishi_program, market_environment

PROBLEM = 2


def up(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run `jishi up --demo`, which must refuse."""
    return subprocess.run(
        [*jishi_program(), "up", "--demo"],
        env=environment,
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "variable", ["JISHI_PORT", "JISHI_WEB_PORT", "JISHI_POSTGRES_PORT", "JISHI_VALKEY_PORT"]
)
def test_a_busy_port_is_one_line_with_the_variable(tmp_path: Path, variable: str) -> None:
    with socket.socket() as occupied:
        occupied.bind(("127.0.0.1", 0))
        occupied.listen()
        port = occupied.getsockname()[1]
        environment, _ = market_environment(tmp_path / "home", {variable: str(port)})
        if variable == "JISHI_PORT":
            # The others follow the first; only the first shall be busy.
            environment |= {
                f"JISHI_{name}_PORT": str(other) for name, other in _elsewhere(environment).items()
            }
        done = up(environment)
    assert done.returncode == PROBLEM
    assert done.stderr == f"jishi: port {port} is already in use; choose another with {variable}=<port>\n"


def _elsewhere(environment: dict[str, str]) -> dict[str, int]:
    return {name: free_port() for name in ("WEB", "LIVE", "SIMULATORS", "POSTGRES", "VALKEY", "STAND_IN")}


def test_a_second_market_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "run").mkdir(parents=True)
    with (home / "run" / "up.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711\n")
        lock.flush()
        done = up(market_environment(home, {})[0])
    assert done.returncode == PROBLEM
    assert "already runs" in done.stderr
    assert "4711" in done.stderr
    assert "JISHI_HOME" in done.stderr


def test_a_bad_value_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    done = up(market_environment(tmp_path / "home", {"JISHI_WEB_THREADS": "many"})[0])
    assert done.returncode == PROBLEM
    assert done.stderr.startswith("jishi: JISHI_WEB_THREADS:")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "home" / "run").exists()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "postgresql://shop:hidden-word@127.0.0.1:{port}/shop"),
        ("REDIS_URL", "redis://:hidden-word@127.0.0.1:{port}/0"),
    ],
)
def test_an_engine_that_is_not_there_is_one_line_with_the_variable(
    tmp_path: Path, variable: str, value: str
) -> None:
    address = value.format(port=free_port())
    environment, _ = market_environment(tmp_path / "home", {variable: address})
    done = up(environment)
    assert done.returncode == PROBLEM
    assert done.stderr.startswith(f"jishi: {variable}: cannot be used: ")
    assert len(done.stderr.splitlines()) == 1
    assert "hidden-word" not in done.stderr
    assert not (tmp_path / "home" / "postgres").exists()


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        name = command.__name__.rpartition(".")[2].replace("_", "-")
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0
        said = capsys.readouterr().out
        assert f"jishi {name}" in said
        explanation = said.split("\n\n")[1]
        assert explanation[0].isupper() or explanation[0] == "`"
        assert len(explanation) > 15


def test_seeding_is_refused_outside_demo_mode(tmp_path: Path) -> None:
    environment, _ = market_environment(
        tmp_path / "home",
        {
            "JISHI_SECRET_KEY": "s" * 40,
            "JISHI_ENCRYPTION_KEYS": f"k1:{'A' * 43}=",
            "JISHI_BLIND_INDEX_KEYS": f"k1:{'A' * 43}=",
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
            "REDIS_URL": "redis://127.0.0.1:1/0",
        },
    )
    done = subprocess.run(
        [*jishi_program(), "seed", "--buyers", "3"],
        env=environment,
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == PROBLEM
    assert "JISHI_DEMO=1" in done.stderr
