"""Pictures drawn past what draws the text: where they belong, only what changed, and the cursor stays."""

from __future__ import annotations

import io

import pyte
import pytest
from prompt_toolkit.data_structures import Size
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output

from livecode.screen.canvas import Area, Canvas, fitting
from livecode.screen.room import Room, panes
from livecode.screen.stage import STYLE

ROWS, COLUMNS = 6, 20


class Shown:
    """A canvas and the screen of the terminal that it draws on."""

    def __init__(self) -> None:
        self.sent = io.StringIO()
        output = Vt100_Output(self.sent, lambda: Size(ROWS, COLUMNS), term="xterm")
        self.canvas = Canvas(output, STYLE.get_attrs_for_style_str, lambda: ColorDepth.DEPTH_4_BIT)
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self.stream = pyte.Stream(self.screen)
        self.see("\x1b[3;4H")

    def see(self, text: str = "") -> str:
        """Have the terminal take what was sent; gives that."""
        sent = text or self.sent.getvalue()
        self.stream.feed(sent)
        self.sent.seek(0)
        self.sent.truncate()
        return sent

    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display]


@pytest.fixture
def shown() -> Shown:
    return Shown()


def test_lines_stand_in_their_area_and_the_cursor_stays(shown: Shown) -> None:
    shown.canvas.draw([Area(1, 5, 10, [[("class:hot", "loud"), ("", " and")], [("", "x" * 30)]], "class:title")])
    shown.see()
    assert shown.lines() == ["", "     loud and", "     " + "x" * 10, "", "", ""]
    assert (shown.screen.cursor.y, shown.screen.cursor.x, shown.screen.cursor.hidden) == (2, 3, False)
    assert (shown.screen.buffer[1][5].fg, shown.screen.buffer[1][5].bold) == ("brightred", True)
    assert shown.screen.buffer[1][14].fg == "brightblack"  # the rest of the line has the area's own style


def test_only_lines_that_changed_are_sent(shown: Shown) -> None:
    lines = [[("", "one")], [("", "two")]]
    shown.canvas.draw([Area(0, 0, 8, lines)])
    assert shown.see()
    shown.canvas.draw([Area(0, 0, 8, [list(line) for line in lines])])
    assert shown.sent.getvalue() == ""
    shown.canvas.draw([Area(0, 0, 8, [lines[0], [("", "2")]])])
    sent = shown.see()
    assert "one" not in sent
    assert shown.lines()[:2] == ["one", "2"]
    shown.canvas.forget()
    shown.canvas.draw([Area(0, 0, 8, lines)])
    assert "one" in shown.see()


def test_what_has_no_room_any_more_is_wiped_out(shown: Shown) -> None:
    shown.canvas.draw([Area(0, 2, 8, [[("", "a")], [("", "b")], [("", "c")]])])
    shown.canvas.keep([Area(0, 2, 8, [[]])])
    shown.see()
    assert shown.lines()[:3] == ["  a", "", ""]
    shown.canvas.draw([Area(0, 2, 8, [[("", "a")], [("", "b")]])])
    assert "a" not in shown.see().replace("\x1b", "")  # it stands there
    assert shown.lines()[:3] == ["  a", "  b", ""]


@pytest.mark.parametrize(
    ("text", "columns", "seen", "left"),
    [
        ("abc", 5, "abc", 2),
        ("abc", 2, "ab", 0),
        ("音楽", 3, "音", 1),
        ("é♪", 2, "é♪", 0),
        ("a\x1b[2Jb", 9, "a?[2Jb", 3),
        ("\x9b2J\n", 9, "?2J?", 5),
        ("", 4, "", 4),
    ],
)
def test_a_text_fits_and_commands_nothing(text: str, columns: int, seen: str, left: int) -> None:
    assert fitting(text, columns) == (seen, left)


def test_the_screen_is_shared() -> None:
    room = Room(24, 80, panes(80), 2, 3)
    assert (room.panes, room.text, room.body, room.fits) == (34, 45, 16, True)
    assert room.body + room.time + room.told + 3 == room.rows
    assert (panes(59), panes(200)) == (0, 80)
    assert not Room(5, 80, 0, 2, 1).fits
