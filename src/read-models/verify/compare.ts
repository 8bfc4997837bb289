import type { Gone, IndexedRow, ModelStorage, Row } from '../storage.js';
import { firstDifference } from './difference.js';
import type { Finding } from './finding.js';

const PAGE = 500;

/** A generation in its storage. */
export interface Side {
  readonly storage: ModelStorage;
  readonly generation: number;
}

export const CHECK = 'read-models';

/** Compares every document of a generation with a rebuilt one: changed, extra and missing ones. Answers how many it looked at. */
export async function compare(model: string, live: Side, rebuilt: Side, found: (finding: Finding) => void): Promise<number> {
  let documents = 0;
  let created = -1n;
  for await (const page of pages(live)) {
    const expected = new Map((await loadIndexed(rebuilt, page)).map((row) => [row.id, row]));
    for (const row of page) {
      documents += 1;
      const finding = compareRows(model, row, expected.get(row.id));
      if (finding !== undefined) found(finding);
      else if (row.created < created) found({ check: CHECK, subject: model, id: row.id, problem: 'stands too late in the creation order' });
      created = row.created;
    }
  }
  for await (const page of pages(rebuilt)) {
    const known = new Set((await live.storage.load(live.generation, page.map(({ id }) => id))).filter(isThere).map(({ id }) => id));
    for (const { id, json } of page) if (!known.has(id)) found({ check: CHECK, subject: model, id, problem: 'missing', path: '', expected: json.slice(0, 200) });
  }
  return documents;
}

async function* pages({ storage, generation }: Side): AsyncGenerator<readonly IndexedRow[], void, undefined> {
  for (let after = 0; ; ) {
    const page = await storage.scan(generation, after, PAGE);
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.sequence;
  }
}

/** Rows of a rebuilt generation with their index values. */
async function loadIndexed({ storage, generation }: Side, wanted: readonly IndexedRow[]): Promise<readonly IndexedRow[]> {
  const rows = (await storage.load(generation, wanted.map(({ id }) => id))).filter(isThere);
  const indexed: IndexedRow[] = [];
  for (const row of rows) {
    const [same] = await storage.scan(generation, row.sequence - 1, 1);
    if (same !== undefined) indexed.push(same);
  }
  return indexed;
}

function compareRows(model: string, live: IndexedRow, rebuilt: IndexedRow | undefined): Finding | undefined {
  const about = { check: CHECK, subject: model, id: live.id };
  if (rebuilt === undefined) return { ...about, problem: 'extra', path: '', actual: live.json.slice(0, 200) };
  if (live.json !== rebuilt.json) {
    const difference = firstDifference(parsed(live.json), parsed(rebuilt.json));
    if (difference !== undefined) {
      const { path, actual, expected } = difference;
      return { ...about, problem: 'changed', path, ...(actual === undefined ? {} : { actual }), ...(expected === undefined ? {} : { expected }) };
    }
  }
  if (live.created !== rebuilt.created) return { ...about, problem: 'was made by another event', actual: String(live.created), expected: String(rebuilt.created) };
  if (JSON.stringify(live.indexes) !== JSON.stringify(rebuilt.indexes)) {
    return { ...about, problem: 'is indexed wrongly', actual: JSON.stringify(live.indexes), expected: JSON.stringify(rebuilt.indexes) };
  }
  return undefined;
}

function isThere(row: Row | Gone): row is Row {
  return !('gone' in row);
}

/** A text that is no JSON differs from every document. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return json;
  }
}
