import type { Gone, IndexedRow, ModelView, Row } from '../storage.js';
import { firstDifference } from './difference.js';
import type { Finding } from './finding.js';

const PAGE = 500;

export interface Side {
  readonly storage: ModelView;
  readonly generation: number;
}

export const CHECK = 'read-models';

export interface Moving {
  readonly position: bigint;
  /** Collects documents that have changed, or may have changed, since `position`, and so are not findings yet. */
  readonly moved: Set<string>;
}

/** Compares every document of a generation with a rebuilt one, and reports changed, extra and missing documents. Returns the number compared. */
export async function compare(
  model: string,
  live: Side,
  rebuilt: Side,
  found: (finding: Finding) => void,
  moving?: Moving,
): Promise<number> {
  let documents = 0;
  let created = -1n;
  for await (const page of pages(live)) {
    const expected = new Map(
      (
        await loadIndexed(
          rebuilt,
          page.map(({ id }) => id),
        )
      ).map((row) => [row.id, row]),
    );
    for (const row of page) {
      documents += 1;
      if (moving !== undefined && row.applied > moving.position) {
        moving.moved.add(row.id);
        continue;
      }
      const finding = compareRows(model, row, expected.get(row.id));
      if (finding !== undefined) found(finding);
      else if (row.created < created)
        found({ check: CHECK, subject: model, id: row.id, problem: 'is too late in the creation order' });
      created = row.created;
    }
  }
  for await (const page of pages(rebuilt)) {
    const known = new Set(
      (
        await live.storage.load(
          live.generation,
          page.map(({ id }) => id),
        )
      )
        .filter(isThere)
        .map(({ id }) => id),
    );
    for (const row of page) {
      if (known.has(row.id)) continue;
      if (moving === undefined) found(missing(model, row));
      else moving.moved.add(row.id);
    }
  }
  return documents;
}

async function* pages({ storage, generation }: Side): AsyncGenerator<readonly IndexedRow[], void, undefined> {
  for (let after = 0; ;) {
    const page = await storage.scan(generation, after, PAGE);
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.sequence;
  }
}

export function missing(model: string, { id, json }: Row): Finding {
  return { check: CHECK, subject: model, id, problem: 'missing', path: '', expected: json.slice(0, 200) };
}

export async function loadIndexed(
  { storage, generation }: Side,
  ids: readonly string[],
): Promise<readonly IndexedRow[]> {
  const rows = (await storage.load(generation, ids)).filter(isThere);
  const indexed: IndexedRow[] = [];
  for (const row of rows) {
    if (isIndexed(row)) {
      indexed.push(row);
      continue;
    }
    const [same] = await storage.scan(generation, row.sequence - 1, 1);
    if (same?.id === row.id) indexed.push(same);
  }
  return indexed;
}

export function compareRows(
  model: string,
  live: IndexedRow,
  rebuilt: IndexedRow | undefined,
): Finding | undefined {
  const about = { check: CHECK, subject: model, id: live.id };
  if (rebuilt === undefined) return { ...about, problem: 'extra', path: '', actual: live.json.slice(0, 200) };
  if (live.json !== rebuilt.json) {
    const difference = firstDifference(parsed(live.json), parsed(rebuilt.json));
    if (difference !== undefined) {
      const { path, actual, expected } = difference;
      return {
        ...about,
        problem: 'changed',
        path,
        ...(actual === undefined ? {} : { actual }),
        ...(expected === undefined ? {} : { expected }),
      };
    }
  }
  if (live.created !== rebuilt.created)
    return {
      ...about,
      problem: 'was created by another event',
      actual: String(live.created),
      expected: String(rebuilt.created),
    };
  if (JSON.stringify(live.indexes) !== JSON.stringify(rebuilt.indexes)) {
    return {
      ...about,
      problem: 'is indexed incorrectly',
      actual: JSON.stringify(live.indexes),
      expected: JSON.stringify(rebuilt.indexes),
    };
  }
  return undefined;
}

function isIndexed(row: Row): row is IndexedRow {
  return 'indexes' in row;
}

function isThere(row: Row | Gone): row is Row {
  return !('gone' in row);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return json;
  }
}
