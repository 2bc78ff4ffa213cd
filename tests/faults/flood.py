"""A flood of searches, a process of its own: so many connections that ask without pause, from one address or each from another; prints what they were answered.

    python -m tests.faults.flood PORT CERTIFICATE CONNECTIONS SECONDS one|each
"""

import asyncio
import json
import os
import ssl
import sys
import time
from collections import Counter

from tests.reverse_proxy import NAME


async def asks(number: int, port: int, trust: ssl.SSLContext, address: str, until: float, told: Counter[str]) -> None:
    """One connection after the other, one search after the other on each."""
    while time.monotonic() < until:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust, server_hostname=NAME, local_addr=(address, 0))
        except OSError:
            told["no connection"] += 1
            await asyncio.sleep(0.05)
            continue
        try:
            while time.monotonic() < until:
                word = f"{number % 90 + 10}{told.total() % 997}"
                writer.write(f"GET /results/?q={word} HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
                told[await asyncio.wait_for(_status(reader), 70)] += 1
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            told["cut"] += 1
        finally:
            writer.close()


async def _status(reader: asyncio.StreamReader) -> str:
    """Read one answer to its end; its status."""
    status, length, pieces = (await reader.readuntil(b"\r\n")).split()[1].decode(), 0, False
    while (line := (await reader.readuntil(b"\r\n")).lower()) != b"\r\n":
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
        pieces = pieces or line.startswith(b"transfer-encoding:")
    await reader.readexactly(length)
    while pieces:
        size = int(await reader.readuntil(b"\r\n"), 16)
        await reader.readexactly(size + 2)
        pieces = size > 0
    return status


async def flood(port: int, certificate: str, connections: int, seconds: float, each: bool) -> Counter[str]:
    """All of them at once."""
    told: Counter[str] = Counter()
    trust, until = ssl.create_default_context(cafile=certificate), time.monotonic() + seconds
    addresses = [f"127.0.1.{n + 1}" if each else "127.0.0.2" for n in range(connections)]
    await asyncio.gather(*(asks(n, port, trust, address, until, told) for n, address in enumerate(addresses)))
    return told


if __name__ == "__main__":
    os.nice(10)  # whoever floods brings a machine of their own
    given = sys.argv[1:]
    sys.stdout.write(json.dumps(asyncio.run(flood(int(given[0]), given[1], int(given[2]), float(given[3]), given[4] == "each"))))
