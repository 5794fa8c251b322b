"""JSON-RPC 2.0, one message a line: what comes in is a request or a mistake with its code, never an exception."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

UNREADABLE, NO_REQUEST, NO_METHOD, NO_PARAMS, FAULT = -32700, -32600, -32601, -32602, -32603
STRANGER = -32001  # no token, or another
MOST = 32  # requests of one batch

Id = int | float | str | None


class WireError(Exception):
    """What is wrong with a message, with the code of JSON-RPC."""

    def __init__(self, code: int, message: str, id: Id = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.id = id


@dataclass(frozen=True, slots=True)
class Request:
    """A method that is called with arguments by name; without an id nothing is answered."""

    method: str
    params: dict[str, Any] = field(default_factory=dict)
    id: Id = None
    answered: bool = True


def read(line: bytes) -> list[Request | WireError]:
    """Read a line: a request, or a batch of them, each of which may be a mistake."""
    try:
        found = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        return [WireError(UNREADABLE, "this line is no JSON")]
    if not isinstance(found, list):
        return [_request(found)]
    if not found or len(found) > MOST:
        return [WireError(NO_REQUEST, f"a batch has 1 to {MOST} requests")]
    return [_request(item) for item in found]


def _request(found: Any) -> Request | WireError:
    if not isinstance(found, dict):
        return WireError(NO_REQUEST, "a request is an object with a method")
    given = found.get("id")
    id = given if isinstance(given, int | float | str) and not isinstance(given, bool) else None
    method, params = found.get("method"), found.get("params", {})
    if not isinstance(method, str):
        return WireError(NO_REQUEST, "a request has a method", id)
    if not isinstance(params, dict):
        return WireError(NO_PARAMS, "params are an object: arguments by name", id)
    return Request(method, params, id, answered="id" in found)


def result(id: Id, value: Any) -> bytes:
    """Write an answer."""
    return _line({"jsonrpc": "2.0", "id": id, "result": value})


def failure(error: WireError) -> bytes:
    """Write what was wrong with a request."""
    return _line({"jsonrpc": "2.0", "id": error.id, "error": {"code": error.code, "message": error.message}})


def notice(method: str, params: dict[str, Any]) -> bytes:
    """Write something that nobody asked for."""
    return _line({"jsonrpc": "2.0", "method": method, "params": params})


def _line(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=True).encode("ascii") + b"\n"
