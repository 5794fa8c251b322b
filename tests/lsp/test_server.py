"""The language server as an editor meets it: a client that starts `livecode lsp` and speaks over its pipes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from lsprotocol import types
from pygls.lsp.client import BaseLanguageClient

TEXT = """import 'lib.live'
kick = s "bd*4" | lpf 800
let half x = x | slow 2
arrange drop 8 = kick, hats
arrange song = "drop drop"
design acid cutoff=800hz =
    tone = saw freq
    tone | lpf cutoff
mix kick | compress -18dB ratio=4
bass=note "c2"|s 'acid'|half
"""
WRONG = """# 𝄞 é
x = s "bd" | gian 2
y = s "bd" | label '𝄞' | s "glas"
z = note "c"""
Uses = Callable[["Editor"], Awaitable[None]]


class Editor:
    """A client with one document open."""

    def __init__(self, client: BaseLanguageClient, path: Path) -> None:
        self.client = client
        self.path = path
        self.uri = path.as_uri()
        self.version = 1
        self.told: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()

    def at(self, words: str, text: str = TEXT) -> types.Position:
        """Give the position behind some words."""
        before = text[: text.index(words) + len(words)]
        return types.Position(before.count("\n"), len(before.rpartition("\n")[2].encode("utf-16-le")) // 2)

    @property
    def document(self) -> types.TextDocumentIdentifier:
        return types.TextDocumentIdentifier(self.uri)

    async def open(self, text: str) -> list[types.Diagnostic]:
        item = types.TextDocumentItem(self.uri, "livecode", self.version, text)
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return await self.diagnostics()

    async def change(self, text: str) -> list[types.Diagnostic]:
        self.version += 1
        named = types.VersionedTextDocumentIdentifier(self.version, self.uri)
        changes = [types.TextDocumentContentChangeWholeDocument(text)]
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(named, changes))
        return await self.diagnostics()

    async def diagnostics(self) -> list[types.Diagnostic]:
        return list((await asyncio.wait_for(self.told.get(), 20)).diagnostics)


def edited(folder: Path, use: Uses) -> types.InitializeResult:
    """Let an editor use a server until it leaves; gives what the server said it can do."""

    async def main() -> types.InitializeResult:
        client = BaseLanguageClient("test", "1")
        await client.start_io(sys.executable, "-m", "livecode.cli", "lsp", "--stdio")
        editor = Editor(client, folder / "main.live")

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def _told(params: types.PublishDiagnosticsParams) -> None:
            editor.told.put_nowait(params)

        params = types.InitializeParams(types.ClientCapabilities(), root_uri=folder.as_uri())
        able = await asyncio.wait_for(client.initialize_async(params), 20)
        client.initialized(types.InitializedParams())
        try:
            await use(editor)
        finally:
            await client.shutdown_async(None)
            client.exit(None)
            await client.stop()
        return able

    return asyncio.run(main())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "lib.live").write_text('hats = s "hh*8"\n')
    (tmp_path / "main.live").write_text(TEXT)
    return tmp_path


def test_an_editor_and_its_server(folder: Path) -> None:
    async def use(editor: Editor) -> None:
        assert await editor.open(TEXT) == []
        await mistakes(editor)
        await completion(editor)
        await hover(editor)
        await signature(editor)
        await symbols(editor)
        await definition(editor, folder)
        await formatting(editor)

    able = edited(folder, use).capabilities
    assert able.completion_provider and able.hover_provider and able.signature_help_provider
    assert able.definition_provider and able.document_formatting_provider and able.document_symbol_provider


async def mistakes(editor: Editor) -> None:
    wrong = await editor.change(WRONG)
    shown = {(d.range.start.line, d.range.start.character): d for d in wrong}
    assert sorted(shown) == [(1, 13), (2, 29), (3, 9)]
    assert shown[1, 13].severity is types.DiagnosticSeverity.Error
    assert "did you mean gain?" in shown[1, 13].message
    assert shown[1, 13].range.end == types.Position(1, 17)
    assert shown[2, 29].severity is types.DiagnosticSeverity.Warning  # the clef is two units of UTF-16
    assert "did you mean glass?" in shown[2, 29].message
    assert "never closed" in shown[3, 9].message
    (imported,) = await editor.change("import 'none.live'")
    assert "there is no file" in imported.message and imported.range.start == types.Position(0, 7)
    assert await editor.change(TEXT) == []


async def completion(editor: Editor) -> None:
    async def offered(words: str) -> dict[str, types.CompletionItem]:
        params = types.CompletionParams(editor.document, editor.at(words))
        found = await editor.client.text_document_completion_async(params)
        assert isinstance(found, types.CompletionList)
        return {item.label: item for item in found.items}

    words = await offered('"bd*4" | l')
    assert {"lpf", "late"} <= words.keys()
    assert words["late"].text_edit == types.TextEdit(types.Range(types.Position(1, 18), types.Position(1, 19)), "late")
    assert words["late"].documentation
    assert {"acid", "bd"} <= (await offered("s 'a")).keys() | (await offered('s "b')).keys()
    assert "compress" in await offered("mix kick | com")
    assert "drop" in await offered('song = "d')


async def hover(editor: Editor) -> None:
    async def told(words: str) -> str:
        found = await editor.client.text_document_hover_async(types.HoverParams(editor.document, editor.at(words)))
        assert found is None or isinstance(found.contents, types.MarkupContent)
        return "" if found is None or not isinstance(found.contents, types.MarkupContent) else found.contents.value

    assert "20 to 20000 Hz" in await told("| lpf")
    assert 'kick = s "bd*4"' in await told("8 = kick")
    assert "Makes an instrument" in await told("design")
    assert "design acid" in await told("'acid")
    assert "arrange drop" in await told('"drop')
    assert await told("cutoff=800") == ""


async def signature(editor: Editor) -> None:
    async def active(words: str) -> tuple[str, str]:
        params = types.SignatureHelpParams(editor.document, editor.at(words))
        found = await editor.client.text_document_signature_help_async(params)
        assert found is not None
        (shown,) = found.signatures
        assert shown.parameters is not None and found.active_parameter is not None
        return shown.label.split()[0], str(shown.parameters[found.active_parameter].label)

    assert await active("slow 2") == ("slow", "factor")
    assert await active("compress -18") == ("compress", "threshold")
    assert await active("ratio=4") == ("compress", "ratio=4.0")


async def symbols(editor: Editor) -> None:
    params = types.DocumentSymbolParams(editor.document)
    found = await editor.client.text_document_document_symbol_async(params)
    assert found is not None
    named = [(s.name, s.detail) for s in found if isinstance(s, types.DocumentSymbol)]
    assert named == [
        ("kick", "pattern"),
        ("half", "pattern"),
        ("drop", "section"),
        ("song", "section"),
        ("acid", "sound"),
        ("kick", "bus"),
        ("bass", "pattern"),
    ]
    assert isinstance(found[4], types.DocumentSymbol)
    assert (found[4].range.start.line, found[4].range.end.line) == (5, 7)


async def definition(editor: Editor, folder: Path) -> None:
    async def where(words: str) -> list[tuple[str, int, int]]:
        params = types.DefinitionParams(editor.document, editor.at(words))
        found = await editor.client.text_document_definition_async(params)
        assert isinstance(found, list)
        places = [p for p in found if isinstance(p, types.Location)]
        return [(Path(p.uri).name, p.range.start.line, p.range.start.character) for p in places]

    assert await where("8 = kick") == [("main.live", 1, 0)]
    assert await where("kick, hats") == [("lib.live", 0, 0)]
    assert await where("|half") == [("main.live", 2, 4)]
    assert await where('"drop') == [("main.live", 3, 8)]
    assert await where("'acid") == [("main.live", 5, 7)]
    assert await where("\n    tone |"[:9]) == [("main.live", 6, 4)]
    assert await where("lpf cutoff") == [("main.live", 5, 12)]
    assert await where("import 'lib") == [("lib.live", 0, 0)]
    assert await where('s "bd') == [("kit.live", (await where('s "bd'))[0][1], 7)]
    assert await where("| compress") == []


async def formatting(editor: Editor) -> None:
    options = types.FormattingOptions(4, True)
    params = types.DocumentFormattingParams(editor.document, options)
    (edit,) = await editor.client.text_document_formatting_async(params) or ()
    assert edit.range.start == types.Position(0, 0)
    assert "bass = note \"c2\" | s 'acid' | half\n" in edit.new_text
    await editor.change(edit.new_text)
    assert not await editor.client.text_document_formatting_async(params)


def test_rubbish_ends_nothing(folder: Path) -> None:
    """Positions that do not exist, texts that are none, and a hundred changes in a row."""

    async def use(editor: Editor) -> None:
        await editor.open("\x00\ud7ff((((\n\n\"'")
        beyond = types.Position(1000, 1000)
        await editor.client.text_document_hover_async(types.HoverParams(editor.document, beyond))
        await editor.client.text_document_completion_async(types.CompletionParams(editor.document, beyond))
        await editor.client.text_document_signature_help_async(types.SignatureHelpParams(editor.document, beyond))
        await editor.client.text_document_definition_async(types.DefinitionParams(editor.document, beyond))
        for number in range(100):
            editor.version += 1
            named = types.VersionedTextDocumentIdentifier(editor.version, editor.uri)
            changes = [types.TextDocumentContentChangeWholeDocument(f'x = s "bd*{number}" | gian 2')]
            editor.client.text_document_did_change(types.DidChangeTextDocumentParams(named, changes))
        (told,) = await editor.diagnostics()  # typing rests once, so the text is looked at once
        assert "did you mean gain?" in told.message
        assert editor.told.empty()

    edited(folder, use)
