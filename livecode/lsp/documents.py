"""Between the documents of an editor and texts with places: offsets, ranges, and what was last found in each."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.workspace import PositionCodec, TextDocument

from livecode.editing.mistakes import Looked
from livecode.errors import LiveError, Place, Source


def source_of(document: TextDocument) -> Source:
    """Give a document as a text that is named by its path, so that what it imports is found."""
    return Source(uris.to_fs_path(document.uri) or document.uri, document.source)


def offset_of(document: TextDocument, position: types.Position) -> int:
    """Give the offset of a position; one beyond the end of its line or text is that end."""
    lines = document.lines
    if position.line >= len(lines):
        return len(document.source)
    begin = sum(map(len, lines[: position.line]))
    units, line = 0, lines[position.line].rstrip("\r\n")
    for number, char in enumerate(line):
        if units >= position.character:
            return begin + number
        units += document.position_codec.client_num_units(char)
    return begin + len(line)


def range_of(text: str, start: int, end: int, codec: PositionCodec) -> types.Range:
    """Give the range between two offsets of a text, in the client's units."""
    return types.Range(_position(text, start, codec), _position(text, end, codec))


def _position(text: str, offset: int, codec: PositionCodec) -> types.Position:
    before = text[:offset]
    return types.Position(before.count("\n"), codec.client_num_units(before.rpartition("\n")[2]))


def location_of(place: Place, codec: PositionCodec) -> types.Location:
    """Give where a place is for the client."""
    uri = uris.from_fs_path(str(Path(place.source.name).resolve())) or place.source.name
    return types.Location(uri, range_of(place.source.text, place.start, place.end, codec))


def diagnostics(document: TextDocument, source: Source, looked: Looked) -> list[types.Diagnostic]:
    """Give errors and warnings as diagnostics; one in an imported file stands at the first line."""
    kinds = (
        (looked.errors, types.DiagnosticSeverity.Error),
        (looked.warnings, types.DiagnosticSeverity.Warning),
    )
    return [_diagnostic(e, severity, source, document.position_codec) for found, severity in kinds for e in found]


def _diagnostic(
    error: LiveError, severity: types.DiagnosticSeverity, source: Source, codec: PositionCodec
) -> types.Diagnostic:
    message = error.message + (f"; expected {error.expected}" if error.expected else "")
    place = error.place
    if place is not None and place.source is not source:
        line, column = place.source.line_and_column(place.start)
        message, place = f"{Path(place.source.name).name}:{line}:{column}: {message}", None
    start, end = (place.start, max(place.end, place.start + 1)) if place is not None else (0, 0)
    return types.Diagnostic(
        range_of(source.text, start, end, codec),
        "\n".join(part for part in (message, error.hint) if part),
        severity=severity,
        source="livecode",
        code=error.phase,
    )
