"""The first administrator of a real shop is made at the command line."""

import io

import pytest
from django.test import Client

from jishi.entry.cli.main import main

pytestmark = pytest.mark.django_db

EMAIL = "chief@shop.example"
PASSWORD = "Mulberry-7-lanterns"


def make(monkeypatch: pytest.MonkeyPatch, *, email: str = EMAIL, role: str, password: str = PASSWORD) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    return main(["operator", email, role])


def test_an_administrator_signs_in_at_the_back_office(
    client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(monkeypatch, role="administrator") == 0
    assert PASSWORD not in capsys.readouterr().out
    client.post("/admin/login/?next=/admin/", {"username": EMAIL, "password": PASSWORD})
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"role": "king"}, "there is no role king; there are operations, finance"),
        ({"role": "finance", "password": "12345"}, "too short"),
        ({"role": "finance", "email": "nobody"}, "valid email"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    changes: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert make(monkeypatch, **changes) == 2
    assert said in capsys.readouterr().err


def test_an_address_that_is_taken_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make(monkeypatch, role="finance")
    assert make(monkeypatch, role="finance") == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
