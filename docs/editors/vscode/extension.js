// livecode in VS Code: the language server beside the file, and `livecode serve` to play on.
"use strict";
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");
const { connect, statement } = require("./serve");

let server, link, marks, channel;

function played() {
  if (!link) link = connect((text) => channel.appendLine(text), () => { link = undefined; });
  return link;
}

async function ask(method, params) {
  try {
    const { ask: call, welcome } = played();
    await welcome;
    return await call(method, params);
  } catch (error) {
    vscode.window.showErrorMessage(`livecode: ${error.message} (does \`livecode serve\` run?)`);
    return undefined;
  }
}

async function evaluate(document, first, last) {
  const range = new vscode.Range(first, 0, last, document.lineAt(last).text.length);
  const done = await ask("evaluate", { text: document.getText(range), name: document.fileName, line: first + 1 });
  if (!done) return;
  for (const text of done.said) channel.appendLine(text);
  marks.set(document.uri, done.errors.map((e) => new vscode.Diagnostic(
    e.line ? new vscode.Range(e.line - 1, e.column - 1, e.endLine - 1, Math.max(e.endColumn - 1, e.column)) : range,
    [e.message, e.hint].filter(Boolean).join("\n"))));
}

function activate(context) {
  channel = vscode.window.createOutputChannel("livecode");
  marks = vscode.languages.createDiagnosticCollection("livecode played");
  const command = vscode.workspace.getConfiguration("livecode").get("command");
  server = new LanguageClient("livecode", "livecode", { command, args: ["lsp"] }, { documentSelector: [{ language: "livecode" }] });
  server.start();
  const here = () => vscode.window.activeTextEditor;
  const commands = {
    evaluate: () => {
      const { document, selection } = here();
      const lines = document.getText().split(/\r?\n/);
      const [first, last] = selection.isEmpty ? statement(lines, selection.active.line) : [selection.start.line, selection.end.line];
      return evaluate(document, first, last);
    },
    evaluateAll: () => evaluate(here().document, 0, here().document.lineCount - 1),
    hush: () => ask("hush"),
    panic: () => ask("panic"),
  };
  for (const [name, run] of Object.entries(commands))
    context.subscriptions.push(vscode.commands.registerCommand(`livecode.${name}`, run));
  context.subscriptions.push(channel, marks);
}

const deactivate = () => { if (link) link.close(); return server && server.stop(); };
module.exports = { activate, deactivate };
