import { createRequire } from 'node:module';
import type { Place } from '#domain/nomad/index.js';

interface Hcl2json {
  parse(name: string, text: string): Promise<unknown>;
}

const NAME = 'job-file';
/** Matches `parse config: [job-file:2,7-3,1: Invalid expression; Expected … job-file:4,1-2: …]`. */
const ERROR = new RegExp(
  `^parse config: \\[${NAME}:(\\d+),(\\d+)-[\\d,]+: ([\\s\\S]*?)(?: ${NAME}:\\d+,\\d+-[\\d,]+: [\\s\\S]*)?\\]$`,
);

export type Hcl2jsonResult = { readonly json: unknown } | { readonly place: Place; readonly problem: string };

let loaded: Hcl2json | undefined;

export async function parseHcl(text: string): Promise<Hcl2jsonResult> {
  // Loaded lazily, because importing it compiles 7 MB of WebAssembly. `createRequire`, because the package is CommonJS.
  loaded ??= createRequire(import.meta.url)('@cdktn/hcl2json') as Hcl2json;
  try {
    return { json: await loaded.parse(NAME, text) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const [, line, column, said] = ERROR.exec(message) ?? [];
    if (line === undefined || column === undefined || said === undefined)
      return { place: { line: 1, column: 1 }, problem: message.slice(0, 500) };
    return { place: { line: Number(line), column: Number(column) }, problem: said.replace('; ', ': ') };
  }
}
