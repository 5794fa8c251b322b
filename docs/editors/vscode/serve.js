// A client of `livecode serve`: one JSON-RPC message a line. The address and the token are in serve.json.
"use strict";
const fs = require("fs"), net = require("net"), os = require("os"), path = require("path");

function card() {
  const state = process.env.XDG_STATE_HOME || path.join(os.homedir(), ".local", "state");
  return JSON.parse(fs.readFileSync(path.join(state, "livecode", "serve.json"), "utf8"));
}

// Connects, and gives { ask(method, params) -> Promise, close() }; `told` hears what goes wrong while it plays.
function connect(told, gone) {
  const { address, token } = card();
  const [, host, port] = /^(127\.[\d.]+):(\d+)$/.exec(address) || [];
  const link = port ? net.connect(Number(port), host) : net.connect(address);
  const waiting = new Map();
  let number = 0, rest = "";
  link.setEncoding("utf8");
  link.on("data", (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const found = JSON.parse(line);
      if (found.method === "told") { told(found.params.text); continue; }
      const { resolve, reject } = waiting.get(found.id) || {};
      waiting.delete(found.id);
      if (found.error) { if (reject) reject(new Error(found.error.message)); else told(found.error.message); }
      else if (resolve) resolve(found.result);
    }
  });
  const end = (error) => {
    for (const { reject } of waiting.values()) reject(error || new Error("livecode serve is gone"));
    waiting.clear();
    gone();
  };
  link.on("error", end);
  link.on("close", () => end());
  const ask = (method, params = {}) => new Promise((resolve, reject) => {
    waiting.set(++number, { resolve, reject });
    link.write(JSON.stringify({ jsonrpc: "2.0", id: number, method, params }) + "\n");
  });
  return { ask, close: () => link.end(), welcome: ask("hello", { token }) };
}

// The lines [first, last] of the statement that a line lies in: it runs to the next line that is not indented.
function statement(lines, at) {
  const begins = (line) => line !== "" && !/^[\s#)\]}|]/.test(line);
  let first = at;
  while (first > 0 && !begins(lines[first])) first--;
  let last = first;
  while (last + 1 < lines.length && !begins(lines[last + 1])) last++;
  while (last > first && lines[last].trim() === "") last--;
  return [first, last];
}

module.exports = { connect, statement };
