"""The `livecode` command."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from livecode.errors import Fault, LiveError, Source, nearest, plain

if TYPE_CHECKING:
    from livecode.engine.client import EngineProcess
    from livecode.journal import Journal
    from livecode.session import Session


def main(argv: list[str] | None = None) -> int:
    """Run the command; gives the exit status: 0 well, 1 an error in what was given, 2 a wrong call."""
    parser, commands = _parser()
    argv = sys.argv[1:] if argv is None else argv
    if argv and not argv[0].startswith("-") and argv[0] not in commands:
        hint = f"livecode play {argv[0]} plays a file" if Path(argv[0]).exists() else nearest(argv[0], commands)
        there = f"there is no command {argv[0]}; expected {', '.join(commands)}"
        print(LiveError(there, hint=hint).render(), file=sys.stderr)
        return 2
    args = parser.parse_args(argv)
    try:
        return int(args.run(args) or 0)
    except LiveError as error:
        if args.debug:
            raise
        print(error.render(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0
    except Exception as error:  # whatever fails, a musician is told so in one line
        if args.debug:
            raise
        told = f"livecode stumbles over this ({type(error).__name__}: {error})"
        print(Fault(told, hint="livecode --debug shows where").render(), file=sys.stderr)
        return 1


def _parser() -> tuple[argparse.ArgumentParser, tuple[str, ...]]:
    """Give the parser, and the names of the commands."""
    parser = argparse.ArgumentParser(
        prog="livecode", description="Compose, arrange, design, mix and master in one language."
    )
    parser.add_argument("--debug", action="store_true", help="show Python's own traceback of an error")
    parser.add_argument("--restore", action="store_true", help="play on where a prompt that was killed was")
    _sound_options(parser)
    parser.set_defaults(run=_repl)
    commands = parser.add_subparsers(title="commands", metavar="")

    play = commands.add_parser("play", help="play files until Ctrl-C; each save of them is heard")
    play.add_argument("files", nargs="+", type=Path, help="are played together, and watched")
    play.add_argument("--seconds", type=float, help="stop after this long")
    play.add_argument("--song", help="play this song or section instead of what the file plays")
    _sound_options(play)
    play.set_defaults(run=_play)

    watch = commands.add_parser("watch", help="play all files of a folder until Ctrl-C; each save of them is heard")
    watch.add_argument("folder", type=Path, help="of .live files; one that is added is played too")
    watch.add_argument("--seconds", type=float, help="stop after this long")
    _sound_options(watch)
    watch.set_defaults(run=_watch)

    stage = commands.add_parser("stage", help="perform a file: an editor on a full screen, and what plays")
    stage.add_argument("file", type=Path, help="the file to edit and to play")
    _sound_options(stage)
    stage.set_defaults(run=_stage)

    serve = commands.add_parser("serve", help="let editors play, by JSON-RPC over loopback or a Unix socket")
    serve.add_argument("files", nargs="*", type=Path, help="are evaluated first")
    serve.add_argument("--port", type=int, default=0, help="of loopback; any free one otherwise")
    serve.add_argument("--socket", type=Path, help="serve at this Unix socket instead")
    _sound_options(serve)
    serve.set_defaults(run=_serve)

    demo = commands.add_parser("demo", help="play the built-in track; with no sound device, leave it as a file")
    demo.add_argument("--seconds", type=float, default=20.0, help="how long it plays, by default 20")
    demo.add_argument("-o", "--output", type=Path, default=Path("track.wav"), help="the file, with no sound device")
    _sound_options(demo)
    demo.set_defaults(run=_demo)

    render = commands.add_parser("render", help="render a file to audio")
    render.add_argument("file", type=Path, help="what it plays is rendered")
    length = render.add_mutually_exclusive_group()
    length.add_argument("--cycles", type=Fraction, help="render so many cycles")
    length.add_argument("--seconds", type=float, help="render this long")
    render.add_argument("--song", help="play this song or section; alone: all of it, and what rings on")
    render.add_argument("-o", "--output", type=Path, required=True, help="the file; its ending says in which format")
    render.add_argument("--plot", type=Path, help="draw waveform, spectrogram and events to this file")
    render.add_argument("--rate", type=int, default=48000, help="samples a second")
    render.add_argument("--block", type=int, default=256, help="samples a block, as a performance has them")
    render.set_defaults(run=_render)

    export = commands.add_parser("export", help="carry out the exports of a file, or one that is given here")
    export.add_argument("file", type=Path, help="the file with the song")
    export.add_argument("what", nargs="?", help="as behind export: song 'out/track.flac' loudness=-14LUFS")
    export.set_defaults(run=_export)

    compare = commands.add_parser("compare", help="show the master of a file, or a recording, beside a reference")
    compare.add_argument("file", type=Path, help="with the master, or a recording")
    compare.add_argument("reference", type=Path, help="a recording to compare with")
    compare.add_argument("--song", help="this song or section instead of what the file plays")
    compare.add_argument("--cycles", type=Fraction, help="only so many cycles")
    compare.set_defaults(run=_compare)

    replay = commands.add_parser("replay", help="perform a journal again, live or to a file")
    replay.add_argument("journal", type=Path, help="of a performance: journals are kept in livecode's state folder")
    replay.add_argument("-o", "--output", type=Path, help="render it to this file instead")
    _sound_options(replay)
    replay.set_defaults(run=_replay)

    query = commands.add_parser("query", help="print the events of an expression")
    query.add_argument("code", nargs="?", help="an expression of patterns")
    query.add_argument("--cycles", default="0:1", help="begin:end in cycles")
    query.add_argument("--json", action="store_true", help="print them as one list of JSON")
    query.add_argument("--batch", action="store_true", help="read and print JSON lines")
    query.set_defaults(run=_query)

    check = commands.add_parser("check", help="read files and tell every error")
    check.add_argument("files", nargs="+", type=Path, help="are read, not played")
    check.set_defaults(run=_check)

    fmt = commands.add_parser("fmt", help="set out files in one way; what they mean stays as it is")
    fmt.add_argument("files", nargs="+", type=Path, help="- reads from standard input and writes to standard output")
    fmt.add_argument("--check", action="store_true", help="change nothing; the exit status tells whether all are well")
    fmt.set_defaults(run=_fmt)

    lsp = commands.add_parser("lsp", help="serve an editor as its language server, over standard input and output")
    lsp.add_argument("--stdio", action="store_true", help="the only way, so nothing changes; some editors say it")
    lsp.set_defaults(run=_lsp)

    show = commands.add_parser("show", help="show the timeline of a song: sections, times, tempo, what sounds")
    show.add_argument("file", type=Path, help="the file with the song")
    show.add_argument("name", nargs="?", help="the song or section; by default what the file plays, or its last song")
    show.add_argument("--plot", type=Path, help="draw it to this file: .png, .svg or .pdf")
    show.set_defaults(run=_show)

    midi = commands.add_parser("midi", help="list MIDI ports")
    midi.set_defaults(run=_midi)

    doctor = commands.add_parser("doctor", help="test audio, JACK, MIDI and versions; one fix a line")
    doctor.set_defaults(run=_doctor)
    for command in commands.choices.values():
        command.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser, tuple(commands.choices)


def _sound_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--backend", choices=("jack", "portaudio", "silent"), help="use this sound system only")
    parser.add_argument(
        "--no-audio", dest="backend", action="store_const", const="silent", help="use no sound card: MIDI and OSC alone"
    )
    parser.add_argument("--rate", type=int, default=48000, help="samples a second, where the device leaves a choice")
    parser.add_argument("--block", type=int, default=256, help="samples a block, where the device leaves a choice")


@contextmanager
def _engine(args: argparse.Namespace) -> Iterator[EngineProcess]:
    """Start the engine in a process of its own, beside which the rest is imported; end it at last."""
    from livecode.engine.client import EngineProcess

    engine = EngineProcess()
    engine.start(args.backend, args.rate, args.block)
    try:
        yield engine
    finally:
        engine.stop()


def _repl(args: argparse.Namespace) -> int:
    with _engine(args) as engine:
        from livecode.repl.prompt import run

        return run(engine, restore=args.restore)


def _stage(args: argparse.Namespace) -> int:
    with _engine(args) as engine:
        from livecode.repl.prompt import run

        return run(engine, file=args.file)


def _play(args: argparse.Namespace) -> int:
    with _engine(args) as engine:
        from livecode.play import play

        journal = _journal("play")
        return 0 if play(engine, args.files, song=args.song, seconds=args.seconds, journal=journal).well else 1


def _watch(args: argparse.Namespace) -> int:
    with _engine(args) as engine:
        from livecode.play import play

        journal = _journal("watch")
        return 0 if play(engine, folder=args.folder, seconds=args.seconds, journal=journal).well else 1


def _serve(args: argparse.Namespace) -> int:
    from livecode.engine.client import EngineProcess

    engine = EngineProcess()
    engine.start(args.backend, args.rate, args.block)
    try:
        from livecode.serve.command import serve

        return serve(engine, args.files, port=args.port, path=args.socket, journal=_journal("serve"))
    finally:
        engine.stop()


def _journal(by: str) -> Journal:
    from livecode.journal import Journal, forget

    forget()
    return Journal.begin(by, lambda text: print(text, file=sys.stderr))


def _demo(args: argparse.Namespace) -> int:
    from livecode.resources import patches_path

    track = patches_path() / "track.live"
    with _engine(args) as engine:
        from livecode.play import play

        played = play(engine, [track], song="drop", seconds=args.seconds)
    if played.ready.backend == "silent":
        from livecode import render
        from livecode.deliver.formats import write

        made = render.render(render.playing(_loaded(track), "drop"), seconds=args.seconds)
        write(args.output, made.audio, made.rate)
        print(f"nothing could be heard, so the same {args.seconds:g} s are in {args.output}")
    return 0 if played.well else 1


def _loaded(path: Path) -> Session:
    """Evaluate a file on the first session.

    Raises the first LiveError of the file after all of them were printed.
    """
    from livecode.files.texts import read_text
    from livecode.stages.prelude import prelude
    from livecode.stages.statements import evaluate_text

    evaluation = evaluate_text(prelude(), read_text(path))
    if evaluation.errors:
        for error in evaluation.errors[:-1]:
            print(error.render(), file=sys.stderr)
        raise evaluation.errors[-1]
    return evaluation.session


def _render(args: argparse.Namespace) -> int:
    from livecode import render
    from livecode.deliver.formats import write

    session = _loaded(args.file)
    if args.song:
        session = render.playing(session, args.song)
    elif args.cycles is None and args.seconds is None and not session.transport.form:
        raise LiveError("say how much to render", hint="--cycles 16, --seconds 30 or --song NAME")
    whole = args.cycles is None and args.seconds is None
    progress = _progress if sys.stderr.isatty() else lambda part: None
    made = render.render(
        session,
        cycles=args.cycles,
        seconds=args.seconds,
        tail=whole,
        rate=args.rate,
        block=args.block,
        progress=progress,
    )
    for trouble in made.troubles:
        print(trouble, file=sys.stderr)
    write(args.output, made.audio, made.rate)
    if args.plot:
        from livecode.plot import draw

        draw(made, args.plot, args.file.name)
    peak = float(abs(made.audio).max())
    print(f"{args.output}: {len(made.audio) / made.rate:.2f} s, {len(made.notes)} notes, peak {_decibels(peak)}")
    return 0


def _export(args: argparse.Namespace) -> int:
    from livecode.deliver.command import export

    return export(args.file, args.what, sys.stderr)


def _compare(args: argparse.Namespace) -> int:
    from livecode.deliver.command import compare

    print(compare(args.file, args.reference, args.song, args.cycles))
    return 0


def _decibels(level: float) -> str:
    from math import log10

    return f"{20 * log10(level):.1f} dBFS" if level > 0 else "silent"


def _progress(part: float) -> None:
    sys.stderr.write(f"\r{part:4.0%}" if part < 1 else "\r     \r")
    sys.stderr.flush()


def _replay(args: argparse.Namespace) -> int:
    from livecode import replay
    from livecode.journal import load

    story = load(args.journal)
    if args.output is not None:
        from livecode.deliver.formats import write

        made = replay.render(story, args.rate, args.block)
        for trouble in made.troubles:
            print(trouble, file=sys.stderr)
        write(args.output, made.audio, made.rate)
        print(f"{args.output}: {len(made.audio) / made.rate:.2f} s, {len(story.entries)} evaluations")
        return 0
    with _engine(args) as engine:
        replay.play(engine, story, lambda text: print(plain(text), file=sys.stderr, flush=True))
    return 0


def _query(args: argparse.Namespace) -> int:
    from livecode.query import answer, events

    if args.batch:
        return _batch(sys.stdin, sys.stdout, answer)
    if args.code is None:
        raise LiveError("query takes an expression", hint="""livecode query --cycles 0:2 's "bd sd"'""")
    begin, _, end = args.cycles.partition(":")
    try:
        span = (Fraction(begin), Fraction(end or Fraction(begin) + 1))
    except ValueError:
        raise LiveError(f"{args.cycles} is no span of cycles", hint="--cycles 0:4") from None
    found = events(Source("query", args.code), [span])
    if args.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for event in found:
        whole, part = event["whole"], event["part"]
        shown = " ".join(whole) if whole else "continuous"
        cut = "" if part == whole else f"  part {' '.join(part)}"
        print(f"{shown:>20}  {plain(json.dumps(event['value'], ensure_ascii=False))}{cut}")
    return 0


def _batch(lines: TextIO, out: TextIO, answer: Any) -> int:
    for line in lines:
        if line.strip():
            out.write(json.dumps(answer(line), ensure_ascii=False))
            out.write("\n")
            out.flush()
    return 0


def _check(args: argparse.Namespace) -> int:
    from livecode.editing.mistakes import looked_at
    from livecode.files.texts import read_text

    wrong = 0
    for path in args.files:
        looked = looked_at(read_text(path))
        for error in (*looked.errors, *looked.warnings):
            print(error.render())
        wrong += len(looked.errors)
        if not looked.errors and not looked.warnings:
            print(f"{path}: well")
    return 1 if wrong else 0


def _fmt(args: argparse.Namespace) -> int:
    from livecode.fmt import format_files

    return 1 if format_files(args.files, check=args.check) else 0


def _lsp(args: argparse.Namespace) -> int:
    try:
        from livecode.lsp.server import run
    except ImportError as error:
        raise LiveError(f"the language server needs {error.name}", hint="pip install 'livecode[lsp]'") from None
    return run()


def _show(args: argparse.Namespace) -> int:
    from livecode.stages.timeline import drawn, main_form, timeline

    session = _loaded(args.file)
    made = timeline(session, args.name or main_form(session))
    print(drawn(made))
    if args.plot:
        from livecode.plot import draw_song

        draw_song(made, args.plot)
        print(args.plot)
    return 0


def _midi(args: argparse.Namespace) -> int:
    from livecode.midi.rtmidi_ports import RtMidi

    system = RtMidi()
    for kind, names in (("out", system.outputs()), ("in", system.inputs())):
        for name in names:
            print(f"{kind:>3}  {name}")
        if not names:
            print(f"{kind:>3}  no port ({system.name})")
    return 0


def _doctor(args: argparse.Namespace) -> int:
    from livecode.doctor import examine

    return examine(print)


if __name__ == "__main__":
    sys.exit(main())
