"""livecode serve: editors that behave, strangers, garbage, clients that are slow or vanish; the sound never waits."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from livecode.engine.client import EngineProcess
from livecode.errors import FileError
from livecode.performance import Performance
from livecode.serve.server import CLIENTS, LONGEST, Server, listen
from tests.running import Running
from tests.waiting import until

TOKEN = "a token of the tests"
ADDRESS: dict[str, str] = {}


class Client:
    """A client that says lines and hears lines."""

    def __init__(self, address: str) -> None:
        if address.startswith("127."):
            host, _, port = address.partition(":")
            self.link = socket.create_connection((host, int(port)), timeout=20)
        else:
            self.link = socket.socket(socket.AF_UNIX)
            self.link.settimeout(20)
            self.link.connect(address)
        self.heard = self.link.makefile("rb")
        self.number = 0
        self.told: list[str] = []

    def say(self, line: bytes) -> None:
        self.link.sendall(line + b"\n")

    def hear(self) -> dict[str, Any]:
        """Give the next message that is no notice; nothing when the link was closed."""
        while line := self.heard.readline():
            found: dict[str, Any] = json.loads(line)
            if "method" not in found:
                return found
            self.told.append(found["params"]["text"])
        return {}

    def ask(self, method: str, **params: Any) -> Any:
        self.number += 1
        self.say(json.dumps({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params}).encode())
        found = self.hear()
        assert found.get("id") == self.number, found
        return found.get("result", found.get("error"))

    def welcome(self) -> Client:
        assert "methods" in self.ask("hello", token=TOKEN)
        return self

    def close(self) -> None:
        self.heard.close()
        self.link.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    engine = EngineProcess()
    engine.start("silent")
    performance = Performance(engine, lambda text: made.tell(text))
    made = Server(performance, TOKEN)
    performance.start()
    engine.wait_ready(20.0)
    link, ADDRESS["server"] = listen(0, None)
    thread = threading.Thread(target=made.serve, args=(link,))
    thread.start()
    yield made
    made.over.set()
    thread.join(10)
    assert not thread.is_alive()
    performance.stop()


@pytest.fixture
def connect(server: Server) -> Iterator[Callable[[], Client]]:
    made: list[Client] = []

    def one() -> Client:
        made.append(Client(ADDRESS["server"]))
        return made[-1]

    yield one
    for client in made:
        client.close()


def test_an_editor_plays(server: Server, connect: Callable[[], Client]) -> None:
    editor = connect().welcome()
    done = editor.ask("evaluate", text='tempo 480\nkick = s "bd*4"', name="set.live")
    assert done == {"changed": True, "said": [], "errors": []}
    assert until(lambda: server.performance.engine.meters().left > 0.01)
    wrong = editor.ask("evaluate", text='\nkick = s "bd" | gian 2', name="set.live", line=10)
    assert wrong["changed"] is False
    (error,) = wrong["errors"]
    assert (error["file"], error["line"], error["column"], error["endColumn"]) == ("set.live", 11, 17, 21)
    assert error["hint"] == "did you mean gain?"
    state = editor.ask("state")
    assert state["playing"] == ["kick"] and state["tempo"] == 480 and state["cycle"] >= 0
    assert editor.ask("evaluate", text="help fast")["said"][0].startswith("fast factor pat")
    assert editor.ask("check", text="x = fst 2")["errors"][0]["column"] == 5
    found = editor.ask("query", code="kick | fast 2", cycles=[["0/1", "1/1"]])
    assert len(found["events"]) == 8 and found["events"][0]["value"] == {"s": "bd"}
    assert "did you mean" in editor.ask("query", code="kickk")["error"]["hint"]
    offers = editor.ask("complete", text="x = kic", offset=7)
    assert {"text": "kick", "start": 4}.items() <= offers[0].items()
    assert editor.ask("complete", text="\nx = kic", line=2, column=8)[0]["start"] == 5
    assert "Speed a pattern up" in editor.ask("hover", text="fast 2", offset=1)["text"]
    assert editor.ask("signature", text="fast ", offset=5)["active"] == 0
    assert editor.ask("undo")["said"] == ["undone"]
    assert editor.ask("state")["playing"] == []
    assert editor.ask("redo")["said"] == ["done again"]
    assert editor.ask("hush")["errors"] == []
    assert editor.ask("panic")["errors"] == []


def test_what_goes_wrong_while_it_plays_is_told_to_all(server: Server, connect: Callable[[], Client]) -> None:
    one, other = connect().welcome(), connect().welcome()
    one.ask("evaluate", text='x = s "nosuch"')
    for client in (one, other):
        while not any("no sound nosuch" in text for text in client.told):
            client.say(b'{"id": 0, "method": "state"}')
            assert client.hear()
    one.ask("evaluate", text="x = silence")


@pytest.mark.parametrize(
    "line",
    [
        b'{"id": 1, "method": "evaluate", "params": {"text": "panic"}}',
        b'{"id": 1, "method": "hello"}',
        b'{"id": 1, "method": "hello", "params": {"token": "another"}}',
        b'{"id": 1, "method": "hello", "params": {"token": ["a"]}}',
        b'{"id": 1, "method": "hello", "params": {"token": ""}}',
        b"POST / HTTP/1.1",
        b"\x00\x01\x02",
    ],
)
def test_a_stranger_is_turned_away(server: Server, connect: Callable[[], Client], line: bytes) -> None:
    before = server.performance.session
    stranger = connect()
    stranger.say(line)
    assert stranger.hear()["error"]["code"] in (-32001, -32700)
    assert stranger.hear() == {}  # the link is closed
    assert server.performance.session is before


def test_a_stranger_who_says_nothing_is_turned_away(connect: Callable[[], Client]) -> None:
    stranger = connect()
    assert stranger.hear()["error"]["code"] == -32001
    assert stranger.hear() == {}


def test_garbage_from_a_client_costs_it_nothing_but_an_answer(connect: Callable[[], Client]) -> None:
    editor = connect().welcome()
    for line in (b"rubbish", b"[1, 2]", b"{}", b'{"id": 1, "method": "nosuch"}', b"\xff" * 100):
        editor.say(line)
    codes = [editor.hear()["error"]["code"] for _ in range(6)]
    assert codes == [-32700, -32600, -32600, -32600, -32601, -32700]
    for params in ({}, {"text": 3}, {"text": "x", "line": "y"}, {"text": "x", "line": True}):
        assert editor.ask("evaluate", **params)["code"] == -32602
    for cycles in (3, [["0", "x"]], [["0", "1/0"]], [["0", "300"]], [[0]], [["0", "1"]] * 300, [[f"{10**30}", "1"]]):
        assert editor.ask("query", code="1", cycles=cycles)["code"] == -32602
    assert "20,000 events" in editor.ask("query", code="fast 4000 1", cycles=[["0", "200"]])["error"]["message"]
    assert editor.ask("complete", text="a\nb", line=99, column=-4) is not None
    assert editor.ask("hover", text="", offset=10**9) is None
    assert editor.ask("evaluate", text="(" * 5000)["errors"]
    assert editor.ask("state")
    editor.link.sendall(b"x" * (LONGEST + 2))
    assert "bytes" in editor.hear()["error"]["message"]
    assert editor.hear() == {}


def test_the_sound_waits_for_nobody(server: Server, connect: Callable[[], Client]) -> None:
    """Clients that flood, do not read what they asked for, vanish in the middle of a line, or stay away."""
    editor = connect().welcome()
    editor.ask("evaluate", text='tempo 240\nkick = s "bd*4"\nhats = s "hh*16"')
    engine = server.performance.engine
    assert until(lambda: engine.meters().left > 0.01)
    before, begin = engine.meters(), editor.ask("state")["cycle"]
    deaf = connect().welcome()
    deaf.link.settimeout(0.2)
    request = json.dumps({"id": 1, "method": "complete", "params": {"text": "x", "offset": 1}}).encode() + b"\n"
    with pytest.raises(TimeoutError):  # nothing is read, so at last nothing can be written
        for _ in range(100_000):
            deaf.link.sendall(request * 100)
    chance = random.Random(1)
    for _ in range(20):
        stranger = connect()
        stranger.link.sendall(bytes(chance.randrange(256) for _ in range(chance.randrange(200))))
        stranger.close()
    half = connect().welcome()
    half.link.sendall(b'{"id": 1, "method": "eval')
    half.close()
    for number in range(20):
        assert editor.ask("evaluate", text=f'hats = s "hh*{number + 1}"')["errors"] == []
    assert until(lambda: editor.ask("state")["cycle"] > begin + 2)
    after, cycles = engine.meters(), editor.ask("state")["cycle"] - begin
    # A machine that is busy with others makes some notes late by itself; one that waits for a client makes most so.
    assert after.late - before.late <= after.dropouts - before.dropouts + cycles * 20 / 8
    editor.ask("hush")


def test_there_is_room_for_so_many(server: Server, connect: Callable[[], Client]) -> None:
    assert until(lambda: not server._everyone())
    held = [connect() for _ in range(CLIENTS)]
    assert until(lambda: len(server._everyone()) == CLIENTS)
    late = connect()
    assert "clients are here" in late.hear()["error"]["message"]
    assert late.hear() == {}
    for client in held:
        client.close()
    assert until(lambda: not server._everyone())
    connect().welcome()


def test_a_socket_that_is_served_or_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "s"
    first, _ = listen(0, path)
    with first, pytest.raises(FileError, match="served already"):
        listen(0, path)
    again, _ = listen(0, path)  # nobody serves what was left behind
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again.close()
    path.unlink()
    path.write_text("mine")
    with pytest.raises(FileError, match="no socket"):
        listen(0, path)
    assert path.read_text() == "mine"


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "set.live").write_text('kick = s "bd*4"\nwrong = s "bd" | gian 2\n')
    env = {"XDG_STATE_HOME": str(tmp_path / "state")}
    with Running("serve", "set.live", "--socket", "here", "--backend", "silent", cwd=tmp_path, env=env) as serving:
        assert "did you mean gain?" in serving.wait("serving on here")
        card = tmp_path / "state" / "livecode" / "serve.json"
        assert stat.S_IMODE(card.stat().st_mode) == 0o600
        said = json.loads(card.read_text())
        cwd = Path.cwd()
        os.chdir(tmp_path)  # the address is a path, and short
        try:
            editor = Client(said["address"])
        finally:
            os.chdir(cwd)
        assert editor.ask("hello", token=said["token"])["livecode"]
        assert editor.ask("state")["playing"] == ["kick"]
        serving.process.send_signal(signal.SIGINT)
        assert editor.hear() == {}
        editor.close()
        serving.process.wait(10)
    assert not card.exists()
    assert not (tmp_path / "here").exists()
    (journal,) = (tmp_path / "state").rglob("*.journal")
    assert '"by": "serve"' in journal.read_text()
