"""The server: a socket, a thread a client, and nothing that a client does or leaves undone keeps the sound waiting."""

from __future__ import annotations

import hmac
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from livecode.errors import FileError, LiveError
from livecode.performance import Performance
from livecode.serve.methods import answer
from livecode.serve.wire import FAULT, NO_REQUEST, STRANGER, Request, WireError, failure, notice, read, result

CLIENTS = 16
LONGEST = 1 << 20  # bytes of one line
GREETING = 5.0  # s in which a client must have said its token
PATIENCE = 2.0  # s that a client may keep us waiting while it is sent something
PENALTY = 0.5  # s before a wrong token is answered
LOOK = 0.5  # s between two looks whether all is over
KEPT = 256  # of what is told, while no client listens


class Client:
    """One client: reads a request at a time, answers it, and is dropped when it does not listen."""

    def __init__(self, link: socket.socket, server: Server) -> None:
        self.link = link
        self.server = server
        self.welcome = False
        self._sending = threading.Lock()
        self._gone = threading.Event()

    def run(self) -> None:
        """Serve until the client leaves, or breaks what was agreed."""
        try:
            for line in self._lines():
                for request in read(line):
                    if not self._served(request):
                        return
        finally:
            self.drop()

    def _lines(self) -> Iterator[bytes]:
        """Give the lines that come in, until the client leaves or sends one that is too long."""
        waiting = b""
        deadline = time.monotonic() + GREETING
        while not self.server.over.is_set() and not self._gone.is_set():
            if not self.welcome and time.monotonic() > deadline:
                self.send(failure(WireError(STRANGER, "hello with the token must come first")))
                return
            try:
                piece = self.link.recv(1 << 16)
            except TimeoutError:
                continue
            except OSError:
                return
            if not piece:
                return
            *lines, waiting = (waiting + piece).split(b"\n")
            if any(len(line) > LONGEST for line in (*lines, waiting)):
                self.send(failure(WireError(NO_REQUEST, f"a line of more than {LONGEST:,} bytes")))
                return
            yield from (line for line in lines if line.strip())

    def _served(self, request: Request | WireError) -> bool:
        """Answer a request; tell whether the client may go on."""
        if isinstance(request, WireError):
            return self.send(failure(request)) and self.welcome  # a stranger who talks otherwise is not listened to
        if not self.welcome and not self._known(request):
            self.server.over.wait(PENALTY)
            self.send(failure(WireError(STRANGER, "hello with the token must come first", request.id)))
            return False
        self.welcome = True
        try:
            line = result(request.id, answer(self.server.performance, request))
        except WireError as error:
            line = failure(error)
        except LiveError as error:
            line = failure(WireError(FAULT, error.render(), request.id))
        except Exception as error:  # noqa: BLE001 (a fault of ours costs one answer, not the server)
            line = failure(WireError(FAULT, f"livecode stumbles: {type(error).__name__}: {error}", request.id))
        return self.send(line) if request.answered else True

    def _known(self, request: Request) -> bool:
        token = request.params.get("token")
        right = self.server.token.encode()
        given = token.encode("utf-8", "replace") if isinstance(token, str) else b""
        return request.method == "hello" and hmac.compare_digest(given, right)

    def send(self, line: bytes) -> bool:
        """Send a line; a client that does not take it in time is dropped. Tells whether it was sent."""
        try:
            with self._sending:
                self.link.sendall(line)
        except OSError:
            self.drop()
            return False
        return True

    def drop(self) -> None:
        self._gone.set()
        with suppress(OSError):
            self.link.shutdown(socket.SHUT_RDWR)
        self.link.close()
        self.server.leave(self)


class Server:
    """Listens for clients until `over` is set; what is told meanwhile goes to all of them."""

    def __init__(self, performance: Performance, token: str) -> None:
        self.performance = performance
        self.token = token
        self.over = threading.Event()
        self._clients: set[Client] = set()
        self._lock = threading.Lock()
        self._told: deque[str] = deque(maxlen=KEPT)
        self._news = threading.Event()

    def tell(self, text: str) -> None:
        """Put something by for the clients; nobody waits for that."""
        if text:
            self._told.append(text)
            self._news.set()

    def serve(self, listening: socket.socket) -> None:
        """Take in clients; gives back when `over` is set."""
        threading.Thread(target=self._announce, name="told", daemon=True).start()
        listening.settimeout(LOOK)
        with listening:
            while not self.over.is_set():
                try:
                    link, _ = listening.accept()
                except TimeoutError:
                    continue
                except OSError:
                    time.sleep(LOOK)  # no file handle is free, for example: clients that leave give some back
                    continue
                self._take(link)
        for client in self._everyone():
            client.drop()

    def _take(self, link: socket.socket) -> None:
        link.settimeout(PATIENCE)
        client = Client(link, self)
        with self._lock:
            full = len(self._clients) >= CLIENTS
            if not full:
                self._clients.add(client)
        if full:
            client.send(failure(WireError(STRANGER, f"{CLIENTS} clients are here already")))
            client.drop()
        else:
            threading.Thread(target=client.run, name="client", daemon=True).start()

    def leave(self, client: Client) -> None:
        with self._lock:
            self._clients.discard(client)

    def _everyone(self) -> list[Client]:
        with self._lock:
            return list(self._clients)

    def _announce(self) -> None:
        while not self.over.is_set():
            self._news.wait(LOOK)
            self._news.clear()
            while self._told:
                line = notice("told", {"text": self._told.popleft()})
                for client in self._everyone():
                    if client.welcome:
                        client.send(line)


def listen(port: int, path: Path | None) -> tuple[socket.socket, str]:
    """Open a Unix socket that only this user reaches, or a port of this machine alone; gives it and its address.

    Raises FileError where that cannot be.
    """
    try:
        if path is None:
            link = socket.create_server(("127.0.0.1", port), backlog=CLIENTS)
            return link, f"127.0.0.1:{link.getsockname()[1]}"
        _clear(path)
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)
        try:
            made.bind(str(path))
        finally:
            os.umask(mask)
        made.listen(CLIENTS)
        return made, str(path)
    except OSError as error:
        raise FileError(f"nobody can be served at {path or port}: {error.strerror or error}") from None


def _clear(path: Path) -> None:
    """Take away a socket that nobody serves any more.

    Raises FileError where somebody does, or where something else stands.
    """
    if not path.exists():
        return
    if not path.is_socket():
        raise FileError(f"{path} is there, and no socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise FileError(f"{path} is served already")
