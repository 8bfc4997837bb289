import { LineCounter, parseAllDocuments, parseDocument, type Document } from 'yaml';
import { readWritten, withWritten } from '#src/engine/written-texts.js';
import { Failure } from './failure.js';
import { preserveSourceText, WRITTEN_FIELDS } from '#src/engine/written-fields.js';

/** Merge keys (`<<`) belong to YAML 1.1, but many files have them. */
const YAML = { prettyErrors: false, merge: true };

/** Parses a JSON or YAML text. Messages refer to it as `name`. Throws a {@link Failure} with line and column. */
export function parseStructured(source: string, name: string): unknown {
  if (source.trim() === '') throw new Failure(`${name} is not JSON or YAML: it is empty`);
  try {
    return readWritten(withWritten(source, JSON.parse(source)), WRITTEN_FIELDS);
  } catch {
    return parseYaml(source, name);
  }
}

/** Parses all documents of a JSON or YAML text. Each item of a list counts as a document. Messages refer to it as `name`. */
export function parseDocuments(source: string, name: string): unknown[] {
  // A text without document markers is parsed as a single document, because that produces better error messages.
  if (!/^---(\s|$)/m.test(source)) return [parseStructured(source, name)].flat();
  const lines = new LineCounter();
  const documents = parseAllDocuments(source, { ...YAML, lineCounter: lines });
  return [documents].flat().flatMap((document) => said(document, lines, name) ?? []);
}

function parseYaml(source: string, name: string): unknown {
  const lines = new LineCounter();
  return said(parseDocument(source, { ...YAML, lineCounter: lines }), lines, name);
}

function said(document: Document, lines: LineCounter, name: string): unknown {
  const [error] = document.errors;
  if (error === undefined) return valueOf(document, name);
  const { line, col } = lines.linePos(error.pos[0]);
  throw new Failure(`${name} is not JSON or YAML: line ${line}, column ${col}: ${error.message}`);
}

/** Aliases can make a small document expand a thousandfold, so the parser limits them. */
function valueOf(document: Document, name: string): unknown {
  try {
    preserveSourceText(document);
    return readWritten(document.toJS(), WRITTEN_FIELDS);
  } catch (error) {
    throw new Failure(
      `${name} is not JSON or YAML: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
