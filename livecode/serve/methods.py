"""The methods that a client may call, a row each: what each takes, does and gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from livecode import __version__
from livecode.editing import completing, telling
from livecode.errors import LiveError, Source
from livecode.performance import Performance, described
from livecode.query import events
from livecode.repl.reference import told
from livecode.serve.wire import NO_METHOD, NO_PARAMS, Request, WireError
from livecode.stages.compose import names
from livecode.stages.programs import program
from livecode.stages.statements import evaluate_program

MOST_CYCLES = 256  # of one query
MOST_EVENTS = 20_000
MOST_LINES = 1_000_000
ANSWERED = ("help", "show", "list")

Call = Callable[[Performance, dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Method:
    """One row: a method, the arguments it takes, what it does and gives."""

    name: str
    params: str
    doc: str
    call: Call


def answer(performance: Performance, request: Request) -> Any:
    """Carry out a request.

    Raises WireError for a method or arguments that are none.
    """
    row = METHODS.get(request.method)
    if row is None:
        raise WireError(NO_METHOD, f"there is no method {request.method}; there are {', '.join(METHODS)}", request.id)
    try:
        return row.call(performance, request.params)
    except WireError as error:
        raise WireError(error.code, error.message, request.id) from None


def told_of(error: LiveError) -> dict[str, Any]:
    """Give an error as plain data; lines and columns count from 1."""
    found: dict[str, Any] = {
        "phase": error.phase,
        "message": error.message + (f"; expected {error.expected}" if error.expected else ""),
        "hint": error.hint,
        "text": error.render(),
        "file": None,
        "line": None,
        "column": None,
        "endLine": None,
        "endColumn": None,
    }
    if error.place is not None:
        source, start, end = error.place
        found["line"], found["column"] = source.line_and_column(start)
        found["endLine"], found["endColumn"] = source.line_and_column(end)
        found["file"] = source.name
    return found


def _text(params: dict[str, Any], name: str, default: str | None = None) -> str:
    value = params.get(name, default)
    if not isinstance(value, str):
        raise WireError(NO_PARAMS, f"{name} is a text")
    return value


def _number(params: dict[str, Any], name: str, default: int | None = None) -> int:
    value = params.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool):
        raise WireError(NO_PARAMS, f"{name} is a whole number")
    return value


def _offset(params: dict[str, Any]) -> tuple[Source, int]:
    """Read a text and an offset in it, said as such or as a line and a column, both from 1."""
    source = Source(_text(params, "name", "editor"), _text(params, "text"))
    if "line" not in params:
        return source, min(max(_number(params, "offset"), 0), len(source.text))
    lines = source.text.split("\n")
    line = min(max(_number(params, "line"), 1), len(lines))
    column = min(max(_number(params, "column"), 1), len(lines[line - 1]) + 1)
    return source, sum(len(text) + 1 for text in lines[: line - 1]) + column - 1


def _source(params: dict[str, Any]) -> Source:
    """Read statements; what stands above them in their file is blank, so that all that is told of them has its line."""
    above = min(max(_number(params, "line", 1) - 1, 0), MOST_LINES)
    return Source(_text(params, "name", "editor"), "\n" * above + _text(params, "text"))


def _evaluate(performance: Performance, params: dict[str, Any]) -> dict[str, Any]:
    source = _source(params)
    before = performance.session
    evaluation = performance.evaluate(source)
    errors, said = list(evaluation.errors), list(evaluation.said)
    for _, act in evaluation.acts:
        try:
            answered = told(performance.session, act) if act.name in ANSWERED else performance.act(act)
        except LiveError as error:
            errors.append(error)
        else:
            said += [answered] if answered else []
    return {
        "changed": performance.session is not before,
        "said": said,
        "errors": [told_of(error) for error in errors],
    }


def _statement(text: str) -> Call:
    return lambda performance, params: _evaluate(performance, {"text": text, "name": "editor"})


def _check(performance: Performance, params: dict[str, Any]) -> dict[str, Any]:
    evaluation = evaluate_program(performance.session, program([_source(params)]))
    return {"errors": [told_of(error) for error in evaluation.errors]}


def _query(performance: Performance, params: dict[str, Any]) -> dict[str, Any]:
    source = Source(_text(params, "name", "query"), _text(params, "code"))
    given = params.get("cycles", [["0/1", "1/1"]])
    try:
        spans = [(Fraction(begin), Fraction(end)) for begin, end in given]
    except (ValueError, TypeError, ZeroDivisionError):
        raise WireError(NO_PARAMS, 'cycles are spans of fractions: [["0/1", "1/1"]]') from None
    if len(spans) > MOST_CYCLES or sum(max(end - begin, Fraction(0)) for begin, end in spans) > MOST_CYCLES:
        raise WireError(NO_PARAMS, f"{MOST_CYCLES} cycles at most are queried at once")
    if any(abs(t.numerator) > 1 << 40 or t.denominator > 1 << 40 for span in spans for t in span):
        raise WireError(NO_PARAMS, "a time of such size is not queried")
    try:
        return {"events": events(source, spans, names(performance.session), MOST_EVENTS)}
    except LiveError as error:
        return {"error": told_of(error)}


def _complete(performance: Performance, params: dict[str, Any]) -> list[dict[str, Any]]:
    source, offset = _offset(params)
    return [asdict(offer) for offer in completing.completions(performance.session, source.text, offset)]


def _hover(performance: Performance, params: dict[str, Any]) -> dict[str, Any] | None:
    source, offset = _offset(params)
    found = telling.hover(performance.session, source, offset)
    return None if found is None else {"text": found.text, "start": found.word.start, "end": found.word.end}


def _signature(performance: Performance, params: dict[str, Any]) -> dict[str, Any] | None:
    source, offset = _offset(params)
    found = telling.signature(source, offset)
    return None if found is None else asdict(found)


def _state(performance: Performance, params: dict[str, Any]) -> dict[str, Any]:
    position, ready, session = performance.position(), performance.ready, performance.session
    return {
        "cycle": None if position is None else float(position[0]),
        "section": "" if position is None else position[1],
        "tempo": performance.bpm(),
        "playing": sorted(session.tracks()),
        "muted": sorted(session.transport.muted),
        "form": session.transport.form,
        "sound": "" if ready is None else described(ready),
    }


def _hello(performance: Performance, params: dict[str, Any]) -> dict[str, Any]:
    return {
        "livecode": __version__,
        "methods": [{"name": m.name, "params": m.params, "doc": m.doc} for m in METHODS.values()],
    }


ROWS = (
    Method("hello", "token", "Comes first; tells the version and the methods.", _hello),
    Method("evaluate", "text name line", "Evaluates statements; `line` is where they begin in their file.", _evaluate),
    Method("check", "text name line", "Tells the errors of statements and changes nothing.", _check),
    Method("hush", "", "Ends everything, and lets what sounds die away.", _statement("hush")),
    Method("panic", "", "Silence, within 20 ms.", _statement("panic")),
    Method("undo", "", "Takes the last evaluation back.", _statement("undo")),
    Method("redo", "", "Does again what undo took back.", _statement("redo")),
    Method("query", "code cycles", "Gives the events of an expression in spans of cycles.", _query),
    Method("complete", "text offset | text line column", "Gives what may stand there.", _complete),
    Method("hover", "text offset | text line column", "Tells of the word there.", _hover),
    Method("signature", "text offset | text line column", "Tells of the call that is written there.", _signature),
    Method("state", "", "Tells position, tempo and what plays.", _state),
)
METHODS = {row.name: row for row in ROWS}
