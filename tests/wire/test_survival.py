"""What the simulators keep: keys through a second start, payments and callbacks through a kill."""

import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from jishi.money.payments.channels.types import CaptureNotice, ChargeStatus
from jishi.money.payments.channels.wechat import WechatChannel
from simulators.keys import PAIRS, SECRETS, ensure_keys
from simulators.records import Message
from simulators.remote_control import Control
from simulators.settings import Accounts, load_accounts, load_keys
from simulators.store import Store
from simulators.testing import RunningSimulators, running_simulators
from tests.wire.small_shop import ChargeMaker, Shop, now, wechat_account


def test_keys_are_made_once_and_for_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(ensure_keys, [folder] * 3))
    names = [*PAIRS, *PAIRS.values(), *SECRETS]
    made = {name: (folder / name).read_bytes() for name in names}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE((folder / name).stat().st_mode) for name in names} == {0o600}
    ensure_keys(folder)
    assert {name: (folder / name).read_bytes() for name in names} == made
    assert {path.name for path in folder.iterdir()} == {*names, ".lock"}


def test_a_missing_public_key_is_made_from_its_private_one(tmp_path: Path) -> None:
    ensure_keys(tmp_path)
    public = (tmp_path / "alipay_public.pem").read_bytes()
    (tmp_path / "alipay_public.pem").unlink()
    ensure_keys(tmp_path)
    assert (tmp_path / "alipay_public.pem").read_bytes() == public


def test_variables_win_over_files(tmp_path: Path) -> None:
    keys = load_keys(tmp_path, {"JISHI_WECHAT_API_V3_KEY": "k" * 32, "JISHI_CARRIER_KEY": "c"})
    assert (keys.wechat_api_v3_key, keys.carrier_key) == ("k" * 32, "c")
    assert keys.carrier_secret == (tmp_path / "carrier_secret").read_text().strip() != "c"
    assert load_accounts({}) == Accounts()
    assert load_accounts({"JISHI_WECHAT_MCHID": "1", "JISHI_SMS_ACCESS_KEY": " "}) == Accounts(
        wechat_mchid="1"
    )


def message(number: int) -> Message:
    return Message(id=f"m{number}", kind="sms", to=("+86",), sender="集市", subject="", text="x", at=now())


def test_the_memory_outlives_a_half_written_line(tmp_path: Path) -> None:
    path = tmp_path / "state.jsonl"
    store = Store(path)
    kept = [store.put("messages", f"m{number}", message(number)) for number in range(3)]
    store.close()
    with path.open("ab") as file:
        file.write(b'{"table":"messages","key":"m9","value":{"id":')
    again = Store(path)
    assert list(again.all("messages", Message)) == kept
    again.close()
    assert path.read_bytes().count(b"\n") == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_inbox_forgets_its_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules["simulators.store"].LENGTH_MAX, "messages", 2)
    store = Store(None)
    for number in range(4):
        store.put("messages", f"m{number}", message(number))
    assert [each.id for each in store.all("messages", Message)] == ["m2", "m3"]


@contextmanager
def simulators_process(folder: Path) -> Iterator[RunningSimulators]:
    """Start `python -m simulators` as `jishi up` does; it is killed without mercy at the end."""
    program = [sys.executable, "-u", "-m", "simulators", "--port", "0", "--keys", str(folder / "secrets")]
    process = subprocess.Popen(
        [*program, "--shop-url", "http://127.0.0.1:8000", "--log-level", "INFO"],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        line = next(line for line in process.stderr if "Uvicorn running on" in line)
        url = line.split("Uvicorn running on ")[1].split()[0]
        control = Control(url)
        keys = load_keys(folder / "secrets", {})
        yield RunningSimulators(url=url, smtp_port=0, keys=keys, accounts=Accounts(), control=control)
        control.close()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def test_a_killed_simulator_remembers_payments_and_owed_callbacks(
    tmp_path: Path, charge: ChargeMaker, shop: Shop, http: httpx.Client
) -> None:
    request = charge(5000, 2500)
    with simulators_process(tmp_path) as simulators:
        wechat = WechatChannel(wechat_account(simulators), http=http, clock=now)
        paid = simulators.control.buyer(wechat.start(request).qr_code or "")
        assert paid["callbacks"][0]["state"] == "waiting"  # the shop answers 500 so far
    shop.received.clear()
    shop.reply = wechat.acknowledge()
    with simulators_process(tmp_path) as simulators:
        wechat = WechatChannel(wechat_account(simulators), http=http, clock=now)
        state = wechat.query(request.ref)
        assert state.status is ChargeStatus.PAID
        (callback,) = simulators.control.settle(request.out_trade_no, for_good=True)
        assert callback["state"] == "delivered"
    notice = wechat.parse_callback(shop.received[-1].headers, shop.received[-1].body)
    assert isinstance(notice, CaptureNotice)
    assert state.capture is not None
    assert notice.channel_transaction_id == state.capture.channel_transaction_id


def test_parcels_move_by_themselves_in_a_demo(tmp_path: Path, shop: Shop) -> None:
    with running_simulators(tmp_path / "secrets", parcel_seconds=0.05) as simulators:
        param = '{"company":"jd","number":"JD1","key":"%s","parameters":{"callbackurl":"%s/push"}}'
        fields = {"schema": "json", "param": param % (simulators.keys.carrier_key, shop.url)}
        httpx.post(f"{simulators.carrier_url}/poll", data=fields)
        while not (parcel := simulators.control.parcels()[0])["scans"]:
            simulators.control.settle("JD1")
        assert parcel["scans"][0]["code"] == "103"
