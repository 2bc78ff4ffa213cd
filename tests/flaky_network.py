"""A network that can be cut: a proxy on loopback before a running server, which refuses, or swallows answers after they were given."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType


class FlakyNetwork:
    """Forwards connections to ``port`` while ``up``. ``swallow`` answers to POST requests get lost on their way back, the next ones."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.up = True
        self.swallow = 0
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> FlakyNetwork:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.cut()
        self._listener.close()

    def cut(self) -> None:
        """Airplane mode: nothing gets through any more, what is open breaks."""
        self.up = False
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self, *, swallow: int = 0) -> None:
        """The network is back; so many answers to POST requests still get lost."""
        self.swallow, self.up = swallow, True

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        if not self.up:
            client.close()
            return
        with contextlib.suppress(OSError), client, socket.create_connection(("127.0.0.1", self.target)) as server:
            self._open |= {client, server}
            posted = threading.Event()
            back = threading.Thread(target=self._answers, args=(server, client, posted), daemon=True)
            back.start()
            while data := client.recv(65536):
                if data.startswith(b"POST /office/cases/"):
                    posted.set()
                server.sendall(data)
            back.join(5)
        self._open -= {client}

    def _answers(self, server: socket.socket, client: socket.socket, posted: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if self.swallow and posted.is_set():
                    self.swallow -= 1
                    break
                posted.clear()
                client.sendall(data)
        for one in (client, server):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
