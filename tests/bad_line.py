"""A line that misbehaves: a TCP proxy that passes bytes on, keeps them, drips them or hangs up, as it is told."""

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Literal

Mode = Literal["good", "silent", "drip", "reset"]
DRIP_SECONDS = 0.5
CHUNK = 65_536


@dataclass(slots=True)
class BadLine:
    """The proxy; `mode` says what becomes of the next connection and of what is under way on the others."""

    port: int
    mode: Mode = "good"
    connections: int = 0

    @property
    def url(self) -> str:
        """Where callers think the other system is."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def bad_line(*, listening: int = 0, target_port: int) -> Iterator[BadLine]:
    """Run a proxy to a port of this machine, in a thread."""
    loop = asyncio.new_event_loop()
    server_socket = socket.create_server(("127.0.0.1", listening))
    line = BadLine(server_socket.getsockname()[1])

    async def serve() -> None:
        await asyncio.start_server(
            lambda reader, writer: _carry(line, target_port, reader, writer), sock=server_socket
        )

    loop.run_until_complete(serve())
    thread = threading.Thread(target=loop.run_forever, name="bad line", daemon=True)
    thread.start()
    try:
        yield line
    finally:
        loop.call_soon_threadsafe(_end, loop)
        thread.join()
        server_socket.close()
        loop.close()


def _end(loop: asyncio.AbstractEventLoop) -> None:
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.call_later(0.05, loop.stop)


async def _carry(
    line: BadLine, target_port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    line.connections += 1
    if line.mode == "reset":
        _hang_up(writer)
        return
    other_reader, other_writer = await asyncio.open_connection("127.0.0.1", target_port)
    both = [
        asyncio.ensure_future(_pump(line, reader, other_writer, writer, is_answer=False)),
        asyncio.ensure_future(_pump(line, other_reader, writer, writer, is_answer=True)),
    ]
    try:
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in both:
            task.cancel()
        for end in (writer, other_writer):
            end.close()


async def _pump(
    line: BadLine,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    caller: asyncio.StreamWriter,
    *,
    is_answer: bool,
) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(CHUNK):
            if line.mode == "reset":
                _hang_up(caller)
                return
            if line.mode == "silent" and not is_answer:
                continue  # heard by nobody
            if line.mode == "drip" and is_answer:
                await _drip(line, data, writer)
                continue
            writer.write(data)
            await writer.drain()


async def _drip(line: BadLine, data: bytes, writer: asyncio.StreamWriter) -> None:
    for place in range(len(data)):
        writer.write(data[place : place + 1])
        await writer.drain()
        if line.mode == "drip":
            await asyncio.sleep(DRIP_SECONDS)


def _hang_up(writer: asyncio.StreamWriter) -> None:
    """Reset the connection, as a machine that was switched off and on again does."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
