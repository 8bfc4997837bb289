import { LineCounter, parseAllDocuments, parseDocument, type Document } from 'yaml';
import { problemLine } from '#domain/nomad/index.js';
import { placesOfText, placesOfYaml, type PlaceOf } from '#src/features/job-files/index.js';
import { readWritten, withWritten } from '#domain/kernel/written-text.js';
import {
  preserveSourceText,
  WRITTEN_FIELDS,
  yamlFaults,
  yamlValueProblem,
} from '#src/features/yaml/index.js';
import { refuseFile } from './refused-file.js';

/** Merge keys (`<<`) belong to YAML 1.1, but many files have them. Warnings count as problems, so the parser must not print them. */
const YAML = { prettyErrors: false, merge: true, logLevel: 'error' } as const;

/** One JSON or YAML value of a file. */
export interface FileDocument {
  readonly file: string;
  readonly data: unknown;
  /** Returns the position of a part of the value. */
  readonly placeOf: PlaceOf;
}

/** Parses a JSON or YAML text. Messages refer to it as `name`. Throws a {@link Failure} that lists all errors of syntax with line and column. */
export function parseFile(source: string, name: string): FileDocument {
  try {
    const data = readWritten(withWritten(source, JSON.parse(source)), WRITTEN_FIELDS);
    // Positions are needed only for problems.
    return { file: name, data, placeOf: (path) => placesOfText(source)(path) };
  } catch {
    const lines = new LineCounter();
    return read([parseDocument(source, { ...YAML, lineCounter: lines })], lines, source, name)[0]!;
  }
}

/** Parses all documents of a JSON or YAML text. Each item of a list counts as a document. Messages refer to it as `name`. */
export function parseFiles(source: string, name: string): FileDocument[] {
  // A text without document markers is parsed as a single document, because that produces better error messages.
  if (!/^---(\s|$)/m.test(source)) return itemsOf(parseFile(source, name));
  const lines = new LineCounter();
  const documents = [parseAllDocuments(source, { ...YAML, lineCounter: lines })].flat();
  return read(documents, lines, source, name)
    .filter(({ data }) => data !== null)
    .flatMap(itemsOf);
}

/** Returns the value of {@link parseFile}. */
export function parseStructured(source: string, name: string): unknown {
  return parseFile(source, name).data;
}

/** Returns the values of {@link parseFiles}. */
export function parseDocuments(source: string, name: string): unknown[] {
  return parseFiles(source, name).map(({ data }) => data);
}

function itemsOf(document: FileDocument): FileDocument[] {
  const { data, file, placeOf } = document;
  return Array.isArray(data)
    ? data.map((item: unknown, index) => ({ file, data: item, placeOf: (path) => placeOf([index, ...path]) }))
    : [document];
}

function read(
  documents: readonly Document[],
  lines: LineCounter,
  source: string,
  name: string,
): FileDocument[] {
  const line = (offset: number, problem: string): string => {
    const { line: number, col } = lines.linePos(offset);
    return problemLine(name, { path: '', place: { line: number, column: col }, problem });
  };
  const faults = documents.flatMap((document) => yamlFaults(document, source));
  if (faults.length > 0)
    return refuseFile(
      name,
      faults.map(({ offset, problem }) => line(offset, problem)),
      'is not JSON or YAML',
    );
  return documents.map((document) => {
    try {
      preserveSourceText(document);
      const data = readWritten(document.toJS(), WRITTEN_FIELDS);
      return { file: name, data, placeOf: placesOfYaml(document, lines) };
    } catch (error) {
      return refuseFile(name, [line(0, yamlValueProblem(error))], 'is not JSON or YAML');
    }
  });
}
