import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import t from 'tap';
import { canonicalJson } from '#domain/kernel/canonical.js';

/** Reverses the key order of every object. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, turned(member)]),
  );
}

void t.test('canonical JSON is the same for any order of keys, and loses no data', async () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      return (
        canonicalJson(turned(value)) === text &&
        canonicalJson(JSON.parse(text)) === text &&
        isDeepStrictEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)))
      );
    }),
    { numRuns: 500 },
  );
});

void t.test('keys are sorted by code unit, and array elements keep their order', async (t) => {
  t.equal(
    canonicalJson({ b: 1, a: [3, { d: null, c: 'x' }, 2], B: true, '"': {} }),
    '{"\\"":{},"B":true,"a":[3,{"c":"x","d":null},2],"b":1}',
  );
  t.equal(canonicalJson({ ab: 1, a: 2, '': 3, b: 4 }), '{"":3,"a":2,"ab":1,"b":4}');
});

void t.test('an undefined value is omitted from an object and is null in an array', async (t) => {
  t.equal(canonicalJson({ a: undefined, b: [undefined, 1] }), '{"b":[null,1]}');
  t.equal(canonicalJson(undefined), 'null');
});
