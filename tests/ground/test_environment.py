"""What the environment accepts, what it refuses, and that a refusal names the variable and no secret."""

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jishi.config import env_sources
from jishi.config.environment import BadEnvironment, check_files, collect, load
from jishi.entry.cli import places

KEY = base64.b64encode(bytes(range(32))).decode()
COMPLETE = {
    "DATABASE_URL": "postgresql://shop:p%40ss@db.example:5433/market?sslmode=require",
    "REDIS_URL": "rediss://cache.example:6380/2",
    "JISHI_SECRET_KEY": "s" * 50,
    "JISHI_ENCRYPTION_KEYS": f"k2:{KEY},k1:{KEY}",
    "JISHI_BLIND_INDEX_KEYS": f"b1:{KEY}",
}


def test_a_production_environment_is_read_as_it_is() -> None:
    found = load(COMPLETE)
    assert not found.demo
    assert not found.simulators
    assert (found.database.host, found.database.port, found.database.name) == ("db.example", 5433, "market")
    assert found.database.password == "p@ss"
    assert found.database.options == {"sslmode": "require"}
    assert not found.embedded_postgres
    assert not found.embedded_valkey
    assert [key.id for key in found.encryption_keys] == ["k2", "k1"]
    assert [found.alipay, found.wechat, found.carrier, found.sms] == [None] * 4


def test_all_ports_follow_the_first_so_that_two_checkouts_need_one_variable() -> None:
    ports = load(COMPLETE | {"JISHI_PORT": "9000", "JISHI_LIVE_PORT": "9500"}).ports
    assert (ports.edge, ports.web, ports.live, ports.simulators) == (9000, 9001, 9500, 9003)
    assert (ports.postgres, ports.valkey) == (9004, 9005)


def test_loading_is_pure() -> None:
    assert load(COMPLETE) == load(dict(COMPLETE))


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "mysql://shop@db/market"),
        ("DATABASE_URL", "postgresql://db.example"),
        ("DATABASE_URL", "postgresql://db.example:port/market"),
        ("DATABASE_URL", "postgresql:///market"),
        ("REDIS_URL", "http://cache"),
        ("REDIS_URL", "redis://cache/first"),
        ("JISHI_HOME", "~nobody-of-that-name/market"),
        ("JISHI_TEXTS", "~nobody-of-that-name"),
        ("JISHI_DEMO", "yes"),
        ("JISHI_DEBUG", "true"),
        ("JISHI_SIMULATORS", "2"),
        ("JISHI_PORT", "0"),
        ("JISHI_PORT", "99999"),
        ("JISHI_PORT", "eight"),
        ("JISHI_PORT", "٨٠٠٠"),
        ("JISHI_WEB_PORT", "8000"),
        ("JISHI_VALKEY_PORT", "8004"),
        ("JISHI_PUBLIC_URL", "shop.example"),
        ("JISHI_PUBLIC_URL", "https://shop.example/shop"),
        ("JISHI_BIND_ADDRESS", "everywhere"),
        ("JISHI_TRUSTED_PROXIES", "127.0.0.1,proxy"),
        ("JISHI_LOG_LEVEL", "LOUD"),
        ("JISHI_WEB_WORKERS", "0"),
        ("JISHI_WEB_THREADS", "-1"),
        ("JISHI_METRICS_TOKEN", "short"),
        ("JISHI_TRACE_PERCENT", "101"),
        ("JISHI_OTLP_URL", "collector:4317"),
        ("JISHI_SECRET_KEY", "short"),
        ("JISHI_SECRET_KEY", ""),
        ("JISHI_ENCRYPTION_KEYS", ""),
        ("JISHI_ENCRYPTION_KEYS", KEY),
        ("JISHI_ENCRYPTION_KEYS", "k1:not base64"),
        ("JISHI_ENCRYPTION_KEYS", f"k1:{KEY[:20]}"),
        ("JISHI_ENCRYPTION_KEYS", f"k1:{KEY},k1:{KEY}"),
        ("JISHI_BLIND_INDEX_KEYS", "b1:"),
        ("JISHI_PAYMENT_WINDOW_MINUTES", "0"),
        ("JISHI_AUTO_CONFIRM_DAYS", "soon"),
        ("JISHI_RETURN_WINDOW_DAYS", "-7"),
        ("EMAIL_URL", "ftp://mail.example"),
        ("JISHI_ALIPAY_GATEWAY_URL", "ftp://pay.example"),
        ("JISHI_SMS_URL", "https://"),
        ("JISHI_SITE_ADDRESS", "http://:port"),
        ("JISHI_SITE_ADDRESS", "shop.example:99999"),
        ("JISHI_SITE_ADDRESS", "https://shop.example/shop"),
        ("JISHI_SITE_ADDRESS", "shop.example {"),
        ("JISHI_EMAIL_FROM", "the shop"),
        ("JISHI_EMAIL_FROM", "Shop <no-reply>"),
    ],
)
def test_a_bad_value_is_refused_with_the_variables_name(variable: str, value: str) -> None:
    with pytest.raises(BadEnvironment) as refused:
        load(COMPLETE | {variable: value})
    assert refused.value.variable == variable


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("JISHI_ALIPAY_GATEWAY_URL", "JISHI_ALIPAY_APP_ID"),
        ("JISHI_WECHAT_GATEWAY_URL", "JISHI_WECHAT_API_V3_KEY"),
        ("JISHI_CARRIER_URL", "JISHI_CARRIER_CUSTOMER"),
        ("JISHI_SMS_URL", "JISHI_SMS_ACCESS_KEY"),
    ],
)
def test_half_an_account_is_refused(given: str, missing: str) -> None:
    with pytest.raises(BadEnvironment) as refused:
        load(COMPLETE | {given: "https://channel.example"})
    assert refused.value.variable == missing


@pytest.mark.parametrize(
    "value", ["code:1", "code:1,shipped:x,refunded:3,account_exists:4,account_unknown:5"]
)
def test_text_messages_need_a_number_for_every_template(value: str) -> None:
    account = {
        "JISHI_SMS_URL": "https://sms.example",
        **{f"JISHI_SMS_{name}": "x" for name in ("ACCESS_KEY", "SECRET", "APP_ID", "SIGNATURE")},
    }
    with pytest.raises(BadEnvironment, match="JISHI_SMS_TEMPLATES"):
        load(COMPLETE | account | {"JISHI_SMS_TEMPLATES": value})


@pytest.mark.parametrize(
    "value", ["shop.example", "http://:8000", ":8000", "https://shop.example:8443", "[::1]:80"]
)
def test_a_site_is_a_host_or_a_port_or_both(value: str) -> None:
    assert load(COMPLETE | {"JISHI_SITE_ADDRESS": value}).site_address == value


def test_a_folder_that_cannot_be_used_is_refused_with_its_variable(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(BadEnvironment, match=r"JISHI_HOME: .*file is not a folder"):
        collect({"JISHI_HOME": str(file / "below"), "JISHI_ENV_FILE": "", "JISHI_DEMO": "1"})
    with pytest.raises(BadEnvironment, match=r"JISHI_MEDIA_ROOT: .*file is not a folder"):
        check_files(load(COMPLETE | {"JISHI_HOME": str(tmp_path), "JISHI_MEDIA_ROOT": str(file)}))
    with pytest.raises(BadEnvironment, match=r"JISHI_TEXTS: .*file is not a folder"):
        check_files(load(COMPLETE | {"JISHI_HOME": str(tmp_path), "JISHI_TEXTS": str(file)}))


def test_no_secret_is_shown_by_a_refusal_or_by_printing_the_environment() -> None:
    with pytest.raises(BadEnvironment) as refused:
        load(COMPLETE | {"DATABASE_URL": "mysql://shop:hidden-word@db/market"})
    assert "hidden-word" not in str(refused.value)
    shown = repr(load(COMPLETE))
    assert "p@ss" not in shown
    assert "p%40ss" not in shown
    assert COMPLETE["JISHI_SECRET_KEY"] not in shown
    assert repr(bytes(range(32)))[2:20] not in shown


def test_outside_demo_mode_missing_keys_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadEnvironment, match="JISHI_SECRET_KEY"):
        load(collect({"JISHI_HOME": str(tmp_path), "JISHI_ENV_FILE": ""}))
    assert not (tmp_path / "secrets" / "secret_key").exists()


def test_demo_secrets_are_made_once_and_only_for_their_owner(tmp_path: Path) -> None:
    values = {"JISHI_HOME": str(tmp_path / "home"), "JISHI_ENV_FILE": "", "JISHI_DEMO": "1"}
    before = os.umask(0)
    try:
        first = load(collect(values))
    finally:
        os.umask(before)
    assert load(collect(values)) == first
    folder = tmp_path / "home" / "secrets"
    assert folder.stat().st_mode & 0o777 == 0o700
    secrets = [path for path in folder.iterdir() if not path.name.startswith(".")]
    assert secrets
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in secrets)
    assert first.alipay
    assert first.alipay.private_key_file == folder / "alipay_app_private.pem"


def test_processes_that_race_for_the_first_secret_agree_on_it(tmp_path: Path) -> None:
    script = (
        "import os\n"
        "from jishi.config.environment import collect\n"
        "print(collect(os.environ)['JISHI_SECRET_KEY'])\n"
    )
    values = {**os.environ, "JISHI_HOME": str(tmp_path), "JISHI_ENV_FILE": "", "JISHI_DEMO": "1"}
    racers = [
        subprocess.Popen([sys.executable, "-c", script], env=values, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = {racer.communicate()[0] for racer in racers}
    assert len(said) == 1
    assert len(said.pop().strip()) == 64


def test_the_process_wins_over_the_file_and_the_file_over_a_running_market(tmp_path: Path) -> None:
    home = tmp_path / "home"
    env_sources.note_running_market(home, {"JISHI_PORT": "7000", "JISHI_WEB_PORT": "7501"})
    file = tmp_path / "settings"
    file.write_text("# a comment\n\nexport JISHI_PORT=\"7100\"\nJISHI_LIVE_PORT='7502'\n", encoding="utf-8")
    process = {"JISHI_HOME": str(home), "JISHI_ENV_FILE": str(file), "JISHI_LIVE_PORT": "7602"}
    found = collect(COMPLETE | process)
    assert found["JISHI_WEB_PORT"] == "7501"
    assert found["JISHI_PORT"] == "7100"
    assert found["JISHI_LIVE_PORT"] == "7602"
    assert "JISHI_WEB_PORT" not in collect(COMPLETE | process, with_running=False)


def test_a_broken_line_in_the_file_is_refused_with_its_number(tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_text("JISHI_PORT=7000\nthis is no setting\n", encoding="utf-8")
    with pytest.raises(BadEnvironment, match="line 2"):
        env_sources.read_env_file(file)


# Told by one of our processes to another, or read by the tests alone: nobody sets them.
NOT_FOR_PEOPLE = {
    *("JISHI_POSTGRES_PASSWORD", "JISHI_VALKEY_PASSWORD", "JISHI_STATIC_ROOT"),
    *("JISHI_FOLLOW_PARENT", "JISHI_READY_FILE", "JISHI_EDGE_PROXIES", "JISHI_RUN"),
}
# Their value in the example file is not the default; the comment above it says so.
EXAMPLES = {
    "JISHI_OTLP_URL",
    *("DATABASE_URL", "REDIS_URL", "JISHI_PUBLIC_URL", "JISHI_SITE_ADDRESS", "JISHI_EMAIL_FROM"),
    *("JISHI_ALIPAY_GATEWAY_URL", "JISHI_WECHAT_GATEWAY_URL", "JISHI_CARRIER_URL", "JISHI_SMS_URL"),
    *("JISHI_CARRIER_LABEL_URL", "JISHI_SMS_TEMPLATES", "JISHI_BACKUPS"),
}


def test_the_example_file_lists_every_variable_that_is_read_and_no_other() -> None:
    assert _listed().keys() == _variables_of_the_code()


def test_the_example_file_shows_the_defaults() -> None:
    shown = {name: value for name, value in _listed().items() if value and name not in EXAMPLES}
    shown.pop("JISHI_ENGINES_HOME")  # read before there is a configuration
    assert len(shown) > 10
    assert load(COMPLETE | shown) == load(COMPLETE)
    assert str(places.ROOT_FOLDER) == _listed()["JISHI_ENGINES_HOME"]


def test_a_shop_with_every_account_of_the_example_file_starts(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.touch()
    blanks = {name: str(key) if name.endswith("_FILE") else "x" * 32 for name in _listed()}
    given = {
        name: value or blanks[name]
        for name, value in _listed().items()
        if name.startswith(("JISHI_ALIPAY", "JISHI_WECHAT", "JISHI_CARRIER", "JISHI_SMS", "JISHI_EMAIL"))
    }
    found = load(COMPLETE | given | {"EMAIL_URL": "smtps://a:b@mail.example:465"})
    assert found.alipay
    assert found.wechat
    assert found.carrier
    assert found.carrier.label_url == "https://api.kuaidi100.com/label/order"
    assert found.sms
    assert found.sms.templates["refunded"] == "100003"
    assert found.email_from == "Shop <no-reply@shop.example>"


def _listed() -> dict[str, str]:
    example = (env_sources.CHECKOUT / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^#([A-Z][A-Z0-9_]+)=(.*)$", example, flags=re.MULTILINE))


def _variables_of_the_code() -> set[str]:
    found: set[str] = set()
    for folder in ("jishi", "simulators", "tools"):
        for path in (env_sources.CHECKOUT / folder).rglob("*.py"):
            if "tests" not in path.parts:
                text = path.read_text(encoding="utf-8")
                found |= set(re.findall(r'"((?:JISHI_|DATABASE_|REDIS_|EMAIL_)[A-Z0-9_]*[A-Z0-9])"', text))
    found |= {
        f"JISHI_{name}_PORT" for name in ("WEB", "LIVE", "SIMULATORS", "POSTGRES", "VALKEY", "STAND_IN")
    }
    wechat = ("MCHID", "APPID", "SERIAL", "PRIVATE_KEY_FILE", "PUBLIC_KEY_FILE", "PUBLIC_KEY_ID")
    return (found | {f"JISHI_WECHAT_{name}" for name in wechat}) - NOT_FOR_PEOPLE
