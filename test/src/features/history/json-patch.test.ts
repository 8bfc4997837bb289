import fc from 'fast-check';
import t from 'tap';
import { jsonPatch, type Json, type PatchOperation } from '#src/features/history/json-patch.js';

/** Applies a patch of RFC 6902 that has only the operations that Muster creates. */
function applied(document: Json, patch: readonly PatchOperation[]): Json {
  const root: { value: Json } = { value: structuredClone(document) };
  for (const { op, path, value } of patch) {
    const names = path
      .split('/')
      .slice(1)
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = names.pop();
    if (last === undefined) {
      root.value = value!;
      continue;
    }
    let target = root.value as Record<string, Json> | Json[];
    for (const name of names) target = (target as Record<string, Json>)[name] as Record<string, Json>;
    if (Array.isArray(target)) {
      const index = Number(last);
      if (index > target.length || (op !== 'add' && index === target.length)) throw new RangeError(path);
      target.splice(index, op === 'add' ? 0 : 1, ...(op === 'remove' ? [] : [value!]));
    } else if (op !== 'add' && !Object.hasOwn(target, last)) throw new RangeError(path);
    else if (op === 'remove') delete target[last];
    // A plain assignment would set the prototype.
    else Object.defineProperty(target, last, { value, enumerable: true, writable: true, configurable: true });
  }
  return root.value;
}

void t.test('creates a patch that transforms any state into any other', async (t) => {
  const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
  // States consist of lists that have most elements in common.
  const list = fc.array(fc.constantFrom<Json>(1, 2, 'a', null, { a: 1 }, { a: 2 }, [1]), { maxLength: 8 });
  const either = fc.oneof(
    fc.tuple(json, json),
    fc.tuple(list, list),
    fc.tuple(fc.record({ 'a/b': list, '~': json }), fc.record({ 'a/b': list, '~': json })),
  );
  fc.assert(
    fc.property(either, ([one, other]) => {
      // Normalises values that JSON does not distinguish, such as 0 and -0.
      const [before, after] = JSON.parse(JSON.stringify([one, other])) as [Json, Json];
      const patch = jsonPatch(before, after);
      t.strictSame(applied(before, patch), after);
      t.strictSame(jsonPatch(after, after), []);
    }),
    { numRuns: 2000 },
  );
});

void t.test('patches only the values that differ', async (t) => {
  for (const [before, after, patch] of [
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1 }, { a: 2, b: 3 }, ['replace /a 2', 'add /b 3']],
    [{ 'a/b': 1, '~': 2 }, {}, ['remove /a~1b', 'remove /~0']],
    [[1, 2, 3], [2, 3], ['remove /0']],
    [
      [1, 4],
      [1, 2, 3, 4],
      ['add /1 2', 'add /2 3'],
    ],
    [[1, 2, 3], [], ['remove /2', 'remove /1', 'remove /0']],
    [[{ a: 1, b: 2 }], [{ a: 3, b: 2 }], ['replace /0/a 3']],
    [null, { a: 1 }, ['replace  {"a":1}']],
    [{ a: [] }, { a: {} }, ['replace /a {}']],
  ] as readonly [Json, Json, string[]][])
    t.strictSame(
      jsonPatch(before, after).map(({ op, path, value }) =>
        [op, path, ...(value === undefined ? [] : [JSON.stringify(value)])].join(' '),
      ),
      patch,
    );
});
