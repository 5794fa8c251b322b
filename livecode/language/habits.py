"""What people write who come from other languages, and what it is here: hints for errors, all of them data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from livecode.patterns import WORDS

NAMED = 'a pattern has a name and an equals sign: kick = s "bd*4"'
CHAINED = "functions are chained with a bar: p | fast 2"
BRACKETED = (
    'functions stand behind a bar, s "bd" | fast 2, or before a pattern in brackets, fast 2 (s "bd"); it needs no $'
)
BEATS = "tempo 120 sets beats per minute"
LOOPED = 'a pattern repeats by itself and keeps its own time: kick = s "bd*4"'
COMMENT = "a comment begins with #"
STRAIGHT = "quotes are straight: \"bd sd\" is mini-notation, 'bd' is a text"

# Names of the peers that have another name or form here.
NAMES = {
    "sound": "s",
    **{f"d{n}": NAMED for n in range(1, 17)},
    "stack": "stack takes one list: stack [a, b]",
    **dict.fromkeys(("setcps", "setcpm", "setbpm", "cps", "bpm", "use_bpm", "with_bpm", "BPM"), BEATS),
    "reverb": "room 0.5 sends to the room; mix NAME | reverb 2s puts it on a strip",
    "volume": "gain 0.8, or gain -6dB",
    **{name: f'sounds stand in double quotes behind s: s "{name}"' for name in ("bd", "sd", "hh", "oh", "cp")},
    **dict.fromkeys(("print", "puts", "ls"), "list and show NAME tell what there is"),
    **dict.fromkeys(("use_random_seed", "setSeed"), "seed 42 chooses what chance does"),
    **dict.fromkeys(("rrand", "rrand_i"), "rand is from 0 to 1: (rand | range 60 72 | segment 4)"),
    **dict.fromkeys(("one_in", "dice"), "sometimesBy 1/3 (fast 2) changes one of three; degradeBy 0.3 leaves some out"),
    **dict.fromkeys(("tick", "look"), 'a pattern goes on by itself: "<60 62 64>" is one a cycle'),
    **dict.fromkeys(
        ("punchcard", "_punchcard", "pianoroll", "_pianoroll", "scope", "_scope", "spiral", "_spectrum", "wordfall"),
        "F2 shows what plays: punchcard, piano roll, meters, scope and spectrum",
    ),
    "slider": "knob 'name' is a value that a controller or OSC moves: help knob",
    "samples": "samples 'folder' is a statement of its own",
    "rot": "iter 4 moves on by a step each cycle; early 1/4 moves all",
    **dict.fromkeys(("ur", "seqP", "seqPLoop"), 'arrange song = "intro drop!2" puts sections in order: help arrange'),
    "while": 'when "1 0" (fast 2) p',
    "clear": "Ctrl-L clears the screen; hush ends what plays",
    **dict.fromkeys(("dB", "hz", "Hz", "khz", "ms"), "a unit stands right behind its number: -3dB, 440hz, 50ms"),
    "left": "pan takes a number from 0, left, to 1, right: pan 0.2",
    "right": "pan takes a number from 0, left, to 1, right: pan 0.8",
    **dict.fromkeys(("sleep", "wait", "sync_bpm", "live_loop", "in_thread", "loop_do"), LOOPED),
    **dict.fromkeys(("sample", "synth", "use_synth", "with_synth"), "s 'bd' and note 60 | s 'saw' choose a sound"),
    **dict.fromkeys(
        ("with_fx", "fx_do"), "an effect is a control, s 'bd' | room 0.5, or on a strip: mix kick | reverb 2s"
    ),
    **dict.fromkeys(
        ("const", "var", "def", "define", "function", "do"), 'let x = 2 names a value, kick = s "bd*4" a pattern'
    ),
    **dict.fromkeys(("render", "bounce"), "export 'song.wav' writes a file"),
    "whenmod": "every 4 rev p, or when: help when",
    "once": "a pattern plays until it is stopped: hit = s 'cp', then stop hit",
    **dict.fromkeys(("exit", "quit"), "exit alone, or Ctrl-D, leaves"),
}

# Sounds of the peers' libraries, and what plays that part here.
SOUNDS = {
    **dict.fromkeys(("sn", "snare", "808sd", "sn_dub", "drum_snare_hard"), "sd is the snare"),
    **dict.fromkeys(("kick", "808bd", "808", "bd_haus", "drum_heavy_kick", "drum"), "bd is the bass drum"),
    **dict.fromkeys(("hc", "ch", "hat", "hihat", "808hc", "drum_cymbal_closed"), "hh is the closed hi-hat"),
    **dict.fromkeys(("ho", "808oh", "drum_cymbal_open"), "oh is the open hi-hat"),
    **dict.fromkeys(("clap", "808cp"), "cp is the clap"),
    **dict.fromkeys(("superpiano", "piano", "gm_piano", "gm_epiano1", "steinway"), "epiano comes nearest"),
    **dict.fromkeys(("acid", "tb303"), "bass comes nearest; design acid = … makes one: help design"),
    **dict.fromkeys(
        ("break", "breaks125", "breaks152", "breaks165", "amen", "amencutup", "loop_amen"),
        "no recordings are built in: samples 'folder' reads yours",
    ),
}

SIGNS = {
    "~": 'a rest stands inside double quotes: "bd ~"',
    "<": 'alternatives stand inside double quotes: "<0 3>"',
    "`": 'mini-notation stands in double quotes: "bd sd"',
    ".": CHAINED,
    "@": 'weights stand inside double quotes: "bd@3 sd"',
    "!": 'repeats stand inside double quotes: "bd!3 sd"',
    ">": "functions are chained with a bar alone: p | fast 2",
    "&": "patterns that play together stand in a stack: stack [a, b]",
    ";": "a statement ends where its line ends",
    "?": "help NAME explains a word, list tells what there is",
    "$": BRACKETED,
    **dict.fromkeys("“”„‟‘’‚‛«»", STRAIGHT),
}

# What stands around a sign, and what is meant by it: before the sign, the sign and what follows.
AROUND = (
    (re.compile(r"(?:d\d+|once|x\d+|p\s+\S+)?\s*"), re.compile(r"\$"), NAMED),
    (re.compile(r".*=", re.DOTALL), re.compile(r">"), "a function is written \\x -> x | fast 2"),
    (re.compile(r".*", re.DOTALL), re.compile(r"~>|<~"), "late 1/8 p moves a pattern later, early 1/8 p earlier"),
    (re.compile(r".*\|", re.DOTALL), re.compile(r"<"), "a control is set behind a bar: n 1 | s 'bd'"),
    (re.compile(r"[^\W\d]\w*\s*"), re.compile(r"<-"), NAMED),
)
MEMBER = re.compile(r"\.\s*([^\W\d]\w*)")

EXAMPLES = {
    "MIX": "mix kick | gain -3dB",
    "MASTER": "master | limit -1dB",
    "ARRANGE": 'arrange drop 8 = kick, bass, or arrange song = "intro drop!2"',
    "DESIGN": "design acid cutoff=800hz = saw freq | lpf cutoff",
    "LET": "let double p = p | fast 2",
    "COMPOSE": 'kick = s "bd*4"',
}

# Quotes and comments; among them a control behind a number sign, as in Tidal: `# gain 0.8`, alone or before others or a
# closing bracket. A line that is a comment from its first character on is one.
COMMENTS = re.compile(
    r"""
    "[^"]*" | '[^'\n]*' | ^\#[^\n]*
    | \#[ \t]*(?P<name>[^\W\d]\w*)[ \t]+(?P<value>"[^"]*"|'[^'\n]*'|\([^()#\n]*\)|-?[\d.][^\s#)]*)[ \t]*(?=[#)\n]|\Z)
    | \#[^\n]*
    """,
    re.VERBOSE | re.MULTILINE,
)


class Written(Protocol):
    """A token: its kind, what it says, and from and to which character."""

    type: str
    value: object
    start: int
    end: int


def sign(text: str, start: int, at: int) -> str:
    """Give the hint for a sign of a text that means nothing, in a statement that begins at `start`."""
    for before, here, hint in AROUND:
        if here.match(text, at) and before.fullmatch(text, start, at):
            return hint
    member = MEMBER.match(text, at)
    if member is not None and WORDS.get(member[1]):
        return f"functions are chained with a bar: … | {member[1]} …"
    return SIGNS.get(text[at], "")


def stopped(found: Sequence[Written]) -> str:
    """Give an example for a statement that stops too early."""
    if found and found[0].type in EXAMPLES:
        return f"for example {EXAMPLES[found[0].type]}"
    if len(found) > 1 and found[1].type == "EQ":
        return f"for example {EXAMPLES['COMPOSE']}"
    return ""


def token(found: Sequence[Written], index: int) -> str:
    """Tell the habit of another language from the tokens around a mistake."""
    here = found[index]
    before = found[index - 1] if index else None
    after = found[index + 1] if index + 1 < len(found) else None
    first = found[0]
    if first.type == "NAME" and first.value in NAMES and index <= 2:
        return NAMES[str(first.value)]
    if here.type == "PIPE" and before is not None and before.type == "PIPE":
        return "one bar is enough: p | fast 2"
    if here.type in ("PLUS", "MINUS", "STAR", "SLASH", "PERCENT") and before is not None and before.type == "PIPE":
        return f"a bar and {here.value} do not go together: p | n 1 sets n, p | ({here.value} n 1) works with it"
    if here.type in ("SLASH", "MINUS") and index == 0:
        return COMMENT
    if here.type == "SLASH" and before is not None and before.type == "SLASH" and before.end == here.start:
        return COMMENT
    if first.type == "COMMAND" and first.value == "play" and here.type == "COMMA":
        return "a note is a pattern: note 60 | s 'pluck'; play song plays a song"
    if here.type == "COLON" and before is None:
        return "exit alone, or Ctrl-D, leaves"
    if here.type == "NEWLINE":
        return "each line of a body is name = expression, the last one the result"
    if here.type == "COLON" and before is not None:
        if index == 1 and (after is None or after.start > here.end or after.type in ("EQ", "NAMED")):
            return NAMED
        return f"words stand in quotes: '{after.value}'" if after is not None and after.type == "NAME" else ""
    if here.type in ("EQ", "NAMED"):
        return "a name is given a value at the start of a statement; an argument by name has no spaces: res=0.5"
    if here.type == "COMMA" and before is not None and after is not None:
        tight = before.type == after.type == "NUMBER" and before.end == here.start and after.start == here.end
        if tight and not any(t.type in ("LPAR", "LSQB", "LBRACE") for t in found[:index]):
            return f"a number has a decimal point: {before.value}.{after.value}; arguments have spaces between them"
    if here.type == "COMMA":
        return "arguments stand side by side without commas: every 4 rev p; a list stands in [ ]"
    if first.type in EXAMPLES and index <= 3:
        return f"for example {EXAMPLES[first.type]}"
    return ""


def commented(text: str) -> str:
    """Give the control that a comment swallows, as it is written in Tidal; nothing where there is none."""
    for match in COMMENTS.finditer(text) if "#" in text else ():
        if match["name"] and WORDS.get(match["name"]):
            return f"{match['name']} {match['value']}"
    return ""
