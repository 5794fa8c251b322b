// Lets node load Strudel without a browser: its synthesis part is left out, and packages of its dependencies whose
// stated entry is missing in their newest release are found under the name that is there.

import Module, { register } from 'node:module';

const find = Module._resolveFilename;
Module._resolveFilename = function (name, ...rest) {
  try {
    return find.call(this, name, ...rest);
  } catch (error) {
    if (!name.startsWith('@tonaljs/')) throw error;
    return find.call(this, `${name}/dist/index.cjs`, ...rest);
  }
};

const hook = `export async function resolve(name, context, next) {
  const url = 'data:text/javascript,export class SalatRepl {}';
  return name === '@kabelsalat/web' ? { url, shortCircuit: true } : next(name, context);
}`;
register('data:text/javascript,' + encodeURIComponent(hook));
