import t from 'tap';
import { Entry } from '#src/engine/read-models/entry.js';

void t.test('returns a document as stored until events change it', async (t) => {
  const row = {
    id: 'a',
    sequence: 7,
    created: 3n,
    applied: 9n,
    json: '{"x":1}',
    parked: true,
    changesSinceFrame: 3,
  };
  const entry = new Entry('a').fill(row);
  t.match(entry, {
    document: { x: 1 },
    was: { x: 1 },
    sequence: 7,
    created: 3n,
    applied: 9n,
    parked: true,
    stored: 7,
    size: 7,
    changed: false,
  });
  entry.document = { x: 2 };
  t.same(entry.was, { x: 1 });
  const indexes = [(document: unknown) => `x${(document as { x: number }).x}`, () => undefined];
  t.same(entry.toRow(indexes), {
    ...row,
    json: '{"x":2}',
    fresh: false,
    indexes: ['x2', null],
    indexed: undefined,
  });
});

void t.test('starts a new document without a stored row, and writes its row as new', async (t) => {
  const entry = Object.assign(new Entry('a'), {
    document: { long: 'x'.repeat(50) },
    sequence: 1,
    created: 2n,
    applied: 2n,
  });
  t.match(new Entry('b'), {
    document: undefined,
    was: undefined,
    sequence: 0,
    created: -1n,
    applied: -1n,
    parked: false,
    stored: undefined,
    size: 0,
    changed: false,
  });
  t.match(entry.toRow([]), { id: 'a', sequence: 1, fresh: true, parked: false, indexes: [] });
  t.equal(entry.size, 61);
});

void t.test('keeps only the position of a removed document', async (t) => {
  t.match(new Entry('a').fill({ id: 'a', applied: 5n, gone: true }), {
    document: undefined,
    applied: 5n,
    stored: undefined,
    created: -1n,
  });
  const entry = new Entry('a').fill({
    id: 'a',
    sequence: 7,
    created: 3n,
    applied: 9n,
    json: '{}',
    parked: true,
  });
  entry.changed = true;
  entry.gone();
  t.match(entry, {
    document: undefined,
    was: undefined,
    sequence: 0,
    created: -1n,
    applied: 9n,
    parked: false,
    stored: undefined,
    size: 0,
    changed: false,
  });
  entry.empty();
  t.match(entry, {
    document: undefined,
    was: undefined,
    sequence: 0,
    created: -1n,
    applied: -1n,
    parked: false,
    stored: undefined,
    changed: false,
  });
});
