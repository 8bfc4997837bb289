import t from 'tap';
import fc from 'fast-check';
import { plainState } from '#domain/kernel/event/index.js';

const codec = plainState<unknown>(1);
const kept = (state: unknown): unknown => codec.restore(JSON.parse(JSON.stringify(codec.save(state))));

void t.test('maps and sets are restored at any depth', (t) => {
  const state = {
    kind: 'present',
    keys: new Map([['a', { tags: new Set(['x', 'y']), at: 1 }]]),
    empty: new Map(),
    list: [new Map([[1, 2]])],
    none: null,
  };
  t.strictSame(kept(state), state);
  t.strictSame(kept(new Map([['c1', { gpuCount: 2 }]])), new Map([['c1', { gpuCount: 2 }]]));
  t.equal(kept(null), null);
  t.end();
});

void t.test('an object that only looks like a map is left unchanged', (t) => {
  for (const state of [{ $map: [['a', 1]] }, { $set: 'x' }, { $object: { $map: [] } }, { $map: new Map() }])
    t.strictSame(kept(state), state);
  t.end();
});

void t.test('undefined values are omitted', (t) => {
  t.strictSame(kept({ a: 1, b: undefined }), { a: 1 });
  t.end();
});

void t.test('any plain state is restored', (t) => {
  const value = fc.letrec((tie) => ({
    state: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('state')),
      fc.dictionary(fc.oneof(fc.constantFrom('$map', '$set', '$object'), fc.string()), tie('state'), {
        noNullPrototype: true,
      }),
      fc.array(fc.tuple(fc.string(), tie('state'))).map((entries) => new Map(entries)),
    ),
  })).state;
  fc.assert(
    fc.property(value, (state) => t.strictSame(kept(state), state)),
    { numRuns: 200 },
  );
  t.end();
});
