"""Title, artist and so on, in the form each kind of file takes."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from pathlib import Path

# our name -> the attribute of an open sound file, the frame of ID3v2.3
ROWS: dict[str, tuple[str, bytes]] = {
    "title": ("title", b"TIT2"),
    "artist": ("artist", b"TPE1"),
    "album": ("album", b"TALB"),
    "date": ("date", b"TYER"),
    "genre": ("genre", b"TCON"),
    "track": ("tracknumber", b"TRCK"),
    "comment": ("comment", b"COMM"),
    "copyright": ("copyright", b"TCOP"),
}
AIFF = ("title", "artist", "comment", "copyright")  # for which AIFF has chunks of its own


def set_tags(file: object, tags: Mapping[str, str], kind: str) -> None:
    """Write the tags into an open sound file for which its format has a place; `prefix` and `append` write others."""
    for name, text in tags.items():
        if kind != "MP3" and (kind != "AIFF" or (name in AIFF and text.isascii())):
            setattr(file, ROWS[name][0], text)


def id3(tags: Mapping[str, str]) -> bytes:
    """Give an ID3v2.3 tag with its texts in UTF-16, as players read it."""
    frames = b""
    for name, text in tags.items():
        body = (
            b"\x01" + (b"eng" + "".encode("utf-16") + b"\x00\x00" if name == "comment" else b"") + text.encode("utf-16")
        )
        frames += ROWS[name][1] + struct.pack(">IH", len(body), 0) + body
    size = len(frames)
    return b"ID3\x03\x00\x00" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0)) + frames


def prefix(path: Path, tags: Mapping[str, str]) -> None:
    """Put an ID3 tag of ours at the begin of an MP3 file, in the place of the one that is there.

    The encoder's library marks UTF-8 as Latin-1, which shows as garbage.
    """
    data = path.read_bytes()
    if data[:3] == b"ID3":
        size = sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))
        data = data[10 + size :]
    path.write_bytes((id3(tags) if tags else b"") + data)


def append(path: Path, tags: Mapping[str, str]) -> None:
    """Put an ID3 tag at the end of an AIFF file, where players look for what AIFF itself has no place for."""
    if not tags:
        return
    tag = id3(tags)
    with path.open("r+b") as file:
        file.seek(0, 2)
        file.write(b"ID3 " + struct.pack(">I", len(tag)) + tag + b"\x00" * (len(tag) % 2))
        size = file.tell() - 8
        file.seek(4)
        file.write(struct.pack(">I", size))
