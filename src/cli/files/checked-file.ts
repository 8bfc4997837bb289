import type { z } from 'zod';
import { problemLine } from '#domain/nomad/index.js';
import { refuseOtherKind, refuseOtherText, type Kind } from './kinds.js';
import { readText } from './read-text.js';
import { refuseFile } from './refused-file.js';
import { fieldOf, schemaProblems, type SchemaProblem } from './schema-problems.js';
import { parseFile, parseFiles, type FileDocument } from './structured-text.js';

/** What a command reads from a file. */
export interface Wanted {
  readonly kinds: readonly Kind[];
  readonly schema: z.ZodType;
  /** Options of the command may supply fields that the file lacks. */
  readonly isPartial?: boolean;
}

/** Reads one value from a JSON or YAML file, as written. Throws a {@link Failure} that lists all its problems, with line and column. `-` is standard input. */
export async function readChecked(file: string, wanted: Wanted): Promise<unknown> {
  return checkedText(await readText(file), file, wanted);
}

/** Like {@link readChecked}, for a text that was already read. */
export function checkedText(text: string, file: string, { kinds, schema, isPartial }: Wanted): unknown {
  refuseOtherText(file, text);
  const document = parseFile(text, file);
  refuseOtherKind(file, document.data, kinds);
  refuseProblems(file, problemLines(document, schema, { isPartial }));
  return document.data;
}

/** Reads all documents of a JSON or YAML file without checking their fields. Each item of a list counts as a document. */
export async function readAll(file: string, kinds: readonly Kind[]): Promise<FileDocument[]> {
  const text = await readText(file);
  refuseOtherText(file, text);
  const documents = parseFiles(text, file);
  for (const { data } of documents) refuseOtherKind(file, data, kinds);
  return documents;
}

interface CheckOptions {
  /** What to check instead of the value itself. */
  readonly body?: unknown;
  readonly isPartial?: boolean | undefined;
  /** Problems that the schema does not know of. */
  readonly more?: readonly SchemaProblem[];
}

/** Returns the problems of a value, one line each. */
export function problemLines(
  { file, data, placeOf }: FileDocument,
  schema: z.ZodType,
  { body = data, isPartial = false, more = [] }: CheckOptions = {},
): string[] {
  return [...schemaProblems(schema, body), ...more]
    .filter(({ problem, path }) => !(isPartial && path.length < 2 && problem.startsWith('is missing')))
    .map((each) => ({ path: fieldOf(each), place: placeOf(each.path), problem: each.problem }))
    .sort((one, other) => one.place.line - other.place.line || one.place.column - other.place.column)
    .map((each) => problemLine(file, each));
}

export function refuseProblems(file: string, problems: readonly string[]): void {
  if (problems.length > 0) refuseFile(file, problems);
}
