"""The features of the language server; what they answer is found by `livecode.editing`."""

from __future__ import annotations

import asyncio

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from livecode import __version__
from livecode.editing import completing, names, telling
from livecode.editing.mistakes import Looked, looked_at
from livecode.fmt import formatted
from livecode.lsp.documents import diagnostics, location_of, offset_of, range_of, source_of
from livecode.session import Session, Space
from livecode.stages.prelude import prelude

REST = 0.1  # s without a key, and the text is looked at

SYMBOLS = {
    Space.VALUE: types.SymbolKind.Variable,
    Space.FORM: types.SymbolKind.Namespace,
    Space.SOUND: types.SymbolKind.Class,
    Space.EFFECT: types.SymbolKind.Function,
    Space.BUS: types.SymbolKind.Interface,
}
KINDS = {
    "begins a statement": types.CompletionItemKind.Keyword,
    "pattern": types.CompletionItemKind.Variable,
    "section": types.CompletionItemKind.Module,
    "sound": types.CompletionItemKind.Class,
    "effect": types.CompletionItemKind.Function,
    "bus": types.CompletionItemKind.Interface,
    "file": types.CompletionItemKind.File,
    "folder": types.CompletionItemKind.Folder,
}


class Server(LanguageServer):
    """A language server that remembers what each text led to when it was last looked at."""

    def __init__(self) -> None:
        super().__init__("livecode", __version__, text_document_sync_kind=types.TextDocumentSyncKind.Incremental)
        self.looked: dict[str, Looked] = {}
        self.waiting: dict[str, asyncio.Task[None]] = {}

    def session(self, uri: str) -> Session:
        """Give the session of a document as it was when it was last right, as far as it was."""
        looked = self.looked.get(uri)
        return prelude() if looked is None else looked.session

    def document(self, uri: str) -> TextDocument:
        found: TextDocument = self.workspace.get_text_document(uri)
        return found

    def look(self, uri: str) -> None:
        """Look at a document and tell the client what is wrong with it."""
        document = self.document(uri)
        source = source_of(document)
        looked = self.looked[uri] = looked_at(source)
        told = diagnostics(document, source, looked)
        params = types.PublishDiagnosticsParams(uri, told, version=document.version)
        self.text_document_publish_diagnostics(params)

    async def look_soon(self, uri: str) -> None:
        """Look at a document once its typing rests."""
        await asyncio.sleep(REST)
        self.waiting.pop(uri, None)
        self.look(uri)


def make() -> Server:
    """Make a server with all its features."""
    server = Server()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def _opened(params: types.DidOpenTextDocumentParams) -> None:
        server.look(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def _changed(params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        before = server.waiting.get(uri)
        if before is not None:
            before.cancel()
        server.waiting[uri] = asyncio.create_task(server.look_soon(uri))

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def _saved(params: types.DidSaveTextDocumentParams) -> None:
        for uri in server.workspace.text_documents:  # others may import it
            server.look(uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def _closed(params: types.DidCloseTextDocumentParams) -> None:
        uri = params.text_document.uri
        server.looked.pop(uri, None)
        task = server.waiting.pop(uri, None)
        if task is not None:
            task.cancel()
        server.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=['"', "'", " ", "|", "(", "."])
    )
    def _complete(params: types.CompletionParams) -> types.CompletionList:
        document = server.document(params.text_document.uri)
        text, offset = document.source, offset_of(document, params.position)
        offers = completing.completions(server.session(document.uri), text, offset)
        return types.CompletionList(
            is_incomplete=len(offers) >= completing.MOST,
            items=[_item(document, offer, offset, order) for order, offer in enumerate(offers)],
        )

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def _hover(params: types.HoverParams) -> types.Hover | None:
        document = server.document(params.text_document.uri)
        source, offset = source_of(document), offset_of(document, params.position)
        told = telling.hover(server.session(document.uri), source, offset)
        if told is None:
            return None
        shown = types.MarkupContent(types.MarkupKind.Markdown, f"```livecode\n{told.text}\n```")
        return types.Hover(shown, range_of(source.text, told.word.start, told.word.end, document.position_codec))

    @server.feature(types.TEXT_DOCUMENT_SIGNATURE_HELP, types.SignatureHelpOptions(trigger_characters=[" ", "(", "="]))
    def _signature(params: types.SignatureHelpParams) -> types.SignatureHelp | None:
        document = server.document(params.text_document.uri)
        found = telling.signature(source_of(document), offset_of(document, params.position))
        if found is None:
            return None
        rows = [types.ParameterInformation(label, told) for label, told in found.params]
        shown = types.SignatureInformation(found.label, found.doc, rows, found.active)
        return types.SignatureHelp([shown], 0, found.active)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def _symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        document = server.document(params.text_document.uri)
        source, codec = source_of(document), document.position_codec
        return [
            types.DocumentSymbol(
                n.name,
                SYMBOLS[n.space],
                range_of(source.text, n.block.start, n.block.end, codec),
                range_of(source.text, n.place.start, n.place.end, codec),
                detail=n.space.value,
            )
            for n in names.names(source)
        ]

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def _definition(params: types.DefinitionParams) -> list[types.Location]:
        document = server.document(params.text_document.uri)
        source, offset = source_of(document), offset_of(document, params.position)
        found = names.definitions(server.session(document.uri), source, offset)
        return [location_of(place, document.position_codec) for place in found]

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def _format(params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        document = server.document(params.text_document.uri)
        source = source_of(document)
        text = formatted(source)
        whole = range_of(source.text, 0, len(source.text), document.position_codec)
        return [] if text == source.text else [types.TextEdit(whole, text)]

    return server


def _item(document: TextDocument, offer: completing.Offer, offset: int, order: int) -> types.CompletionItem:
    begin, _, doc = offer.told.partition(": ")
    return types.CompletionItem(
        offer.text,
        kind=KINDS.get(begin.split(" of ")[0].rstrip("s"), types.CompletionItemKind.Function),
        detail=begin,
        documentation=doc or None,
        sort_text=f"{order:05}",
        text_edit=types.TextEdit(range_of(document.source, offer.start, offset, document.position_codec), offer.text),
    )


def run() -> int:
    """Serve one editor over standard input and output until it leaves."""
    make().start_io()
    return 0
