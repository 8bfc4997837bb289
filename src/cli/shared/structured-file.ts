import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Failure } from './failure.js';

/** Parses a JSON or YAML file. `-` is standard input. Throws a {@link Failure} with line and column. */
export async function readStructured(file: string): Promise<unknown> {
  const { parseStructured } = await parser();
  return parseStructured(await readText(file), file);
}

/** Reads all documents of a JSON or YAML file. Each item of a list counts as a document. `-` is standard input. */
export async function readDocuments(file: string): Promise<unknown[]> {
  const { parseDocuments } = await parser();
  return parseDocuments(await readText(file), file);
}

/** The parser takes longer to load than most commands run, and few commands read a file. */
async function parser(): Promise<typeof import('./structured-text.js')> {
  return await import('./structured-text.js');
}

/** Reads a file as text. `-` is standard input. */
export async function readText(file: string): Promise<string> {
  if (file === '-') return await text(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Failure(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
