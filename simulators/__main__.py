"""Runs the simulators: `python -m simulators --port 8003 --keys var/secrets --shop-url http://127.0.0.1:8000`."""

import argparse
import logging
import os
from pathlib import Path

import uvicorn

from simulators.app import create_app
from simulators.settings import Settings, load_accounts, load_keys


def main() -> None:
    """Read the command line and serve until stopped."""
    options = _options()
    logging.basicConfig(level=options.log_level, format="%(asctime)s simulators %(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would note every callback
    folder: Path = options.keys
    settings = Settings(
        keys=load_keys(folder),
        accounts=load_accounts(),
        shop_url=options.shop_url.rstrip("/"),
        state_file=options.state,
        parcel_seconds=options.parcel_seconds,
    )
    uvicorn.run(
        create_app(settings, smtp_port=options.smtp_port),
        host="127.0.0.1",
        port=options.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulators", description=__doc__)
    parser.add_argument("--port", type=int, default=8003, help="HTTP port on 127.0.0.1 (8003)")
    parser.add_argument("--smtp-port", type=int, help="also take mail by SMTP on this port of 127.0.0.1")
    parser.add_argument("--keys", type=Path, required=True, help="folder of keys; what is missing is made")
    parser.add_argument("--shop-url", required=True, help="where browsers reach the shop and these pages")
    parser.add_argument(
        "--state", type=Path, help="file that outlives a kill (default: beside the keys' folder)"
    )
    parser.add_argument(
        "--parcel-seconds", type=float, default=20.0, help="pace of parcels; 0: only when told (20)"
    )
    parser.add_argument("--log-level", default=os.environ.get("JISHI_LOG_LEVEL", "INFO"))
    options = parser.parse_args()
    if options.state is None:
        options.state = options.keys.parent / "simulators" / "state.jsonl"
    return options


if __name__ == "__main__":
    main()
