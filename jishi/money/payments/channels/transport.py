"""One HTTP call to a channel: explicit timeouts, a shared connection pool, one error for 'no answer'."""

from collections.abc import Mapping

import httpx

from jishi.money.payments.channels.types import ChannelUnavailable

TIMEOUT = httpx.Timeout(10.0, connect=5.0)  # seconds
BILL_TIMEOUT = httpx.Timeout(300.0, connect=5.0)  # seconds for all of it; a day's bill is a large file


def send(
    http: httpx.Client,
    method: str,
    url: str,
    *,
    content: bytes = b"",
    headers: Mapping[str, str],
    timeout: httpx.Timeout = TIMEOUT,
) -> httpx.Response:
    """Send one request and read the whole answer. Raises: ChannelUnavailable."""
    try:
        return http.request(
            method, url, content=content, headers=headers, timeout=timeout, follow_redirects=False
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ChannelUnavailable(f"{method} {url.partition('?')[0]}: {type(error).__name__}") from error
