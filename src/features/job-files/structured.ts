import { isMap, LineCounter, parseDocument, visit, type Document } from 'yaml';
import type { Located, Place } from '#domain/nomad/index.js';
import { readWritten, withWritten } from '#domain/kernel/written-text.js';
import {
  preserveSourceText,
  tooIntricate,
  WRITTEN_FIELDS,
  type YamlLimits,
  yamlProblem,
  yamlValueProblem,
} from '#src/features/yaml/index.js';
import { readJson } from './json-places.js';
import { placesOfJson, placesOfYaml, type PlaceOf } from './places.js';
import { UnreadableText } from './text-cursor.js';

/** Job files may contain long lines, and commands that span many lines. */
const LIMITS: YamlLimits = { lines: 4000, lineLength: 16_384, indent: 200, brackets: 2000 };

export type Structured =
  { readonly data: unknown; readonly placeOf: PlaceOf } | { readonly place: Place; readonly problem: string };

/** Reads JSON or YAML, and records the position of each part. */
export function readStructuredText(text: string): Structured {
  return /^\s*[{[]/.test(text) ? readAsJson(text) : readAsYaml(text);
}

function readAsJson(text: string): Structured {
  let places: Located;
  try {
    places = readJson(text);
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error;
    // YAML also accepts braces without quotes.
    const yaml = readAsYaml(text);
    return 'data' in yaml ? yaml : { place: error.place, problem: error.problem };
  }
  const data = readWritten(withWritten(text, JSON.parse(text)), WRITTEN_FIELDS);
  return { data, placeOf: placesOfJson(places) };
}

function readAsYaml(text: string): Structured {
  const refused = tooIntricate(text, LIMITS);
  if (refused !== undefined) return { place: { line: refused.line, column: 1 }, problem: refused.problem };
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  // `uniqueKeys` is off, because it would compare each key with all others.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) return { place: place(error.pos[0]), problem: yamlProblem(error, text) };
  const twice = repeatedKey(document);
  if (twice !== undefined) return { place: place(twice.offset), problem: `duplicate key ${twice.name}` };
  preserveSourceText(document);
  try {
    const data = readWritten(document.toJS(), WRITTEN_FIELDS);
    return { data, placeOf: placesOfYaml(document, lines) };
  } catch (cause) {
    return { place: place(0), problem: yamlValueProblem(cause) };
  }
}

function repeatedKey(document: Document): { readonly name: string; readonly offset: number } | undefined {
  let found: { readonly name: string; readonly offset: number } | undefined;
  visit(document, {
    Map(_, map) {
      if (!isMap(map)) return undefined;
      const names = new Set<string>();
      for (const { key } of map.items) {
        const name = String(key);
        if (names.has(name)) {
          found = { name, offset: (key as { readonly range?: readonly number[] }).range?.[0] ?? 0 };
          return visit.BREAK;
        }
        names.add(name);
      }
      return undefined;
    },
  });
  return found;
}
