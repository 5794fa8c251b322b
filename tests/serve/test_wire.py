"""What comes in over the wire: requests, or mistakes with the codes of JSON-RPC."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livecode.serve.wire import Request, WireError, failure, read

WRONG = [
    (b"", -32700),
    (b"rubbish", -32700),
    (b"\xff\xfe", -32700),
    (b"[" * 100_000, -32700),
    (b"[]", -32600),
    (b"[" + b",".join([b"1"] * 33) + b"]", -32600),
    (b"3", -32600),
    (b"null", -32600),
    (b"{}", -32600),
    (b'{"method": 3}', -32600),
    (b'{"method": "a", "params": [1]}', -32602),
    (b"GET / HTTP/1.1", -32700),
]


@pytest.mark.parametrize(("line", "code"), WRONG, ids=[repr(line[:20]) for line, _ in WRONG])
def test_what_is_no_request_has_its_code(line: bytes, code: int) -> None:
    (error,) = read(line)
    assert isinstance(error, WireError)
    assert error.code == code
    assert json.loads(failure(error))["error"]["message"]


def test_requests() -> None:
    assert read(b'{"jsonrpc": "2.0", "id": 1, "method": "a", "params": {"x": 1}}') == [Request("a", {"x": 1}, 1)]
    assert read(b'{"method": "a"}') == [Request("a", {}, None, answered=False)]
    assert read(b'{"id": [1], "method": "a"}') == [Request("a", {}, None)]
    first, second = read(b'[{"method": "a", "id": "x"}, 7]')
    assert first == Request("a", {}, "x")
    assert isinstance(second, WireError)


@settings(deadline=None)
@given(st.binary(max_size=80) | st.text(max_size=80).map(lambda t: t.encode()))
def test_whatever_comes_is_read(line: bytes) -> None:
    assert all(isinstance(item, Request | WireError) for item in read(line))
