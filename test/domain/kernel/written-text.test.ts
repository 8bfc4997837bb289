import t from 'tap';
import { readWritten, withWritten, type Reading } from '#domain/kernel/written-text.js';

const FIELDS = new Map<string, Reading>([
  ['env', 'texts'],
  ['either', 'differing'],
]);

function read(text: string): unknown {
  return readWritten(withWritten(text, JSON.parse(text)), FIELDS);
}

void t.test('keeps numbers unchanged except in text fields', async (t) => {
  const numbers =
    '{"a": 123456789012345678, "b": [1.10, 1, {"c": 1e3}], "d\\"1.10": "1.10", "e": -0, "f": null, "g": "\\\\", "h": true}';
  t.same(read(numbers), JSON.parse(numbers));
  for (const plain of ['{"a": 1.5, "b": -7}', '[1, 2]', '5', '"1.10"', 'null', '{}'])
    t.same(read(plain), JSON.parse(plain), plain);
  t.same(read(`{"env": ${numbers}}`), {
    env: {
      a: '123456789012345678',
      b: ['1.10', '1', { c: 1000 }],
      'd"1.10': '1.10',
      e: '-0',
      f: null,
      g: '\\',
      h: 'true',
    },
  });
  t.same(read('{"either": {"a": 1.10, "b": 1, "c": true, "env": 1, "d": [1e400]}}'), {
    either: { a: '1.10', b: 1, c: true, env: 1, d: ['1e400'] },
  });
});

void t.test('applies the usual rules to the fields of an object in a list of texts', async (t) => {
  const packages = { env: ['numpy', 1.1, { channel: 0, size: 7, env: { A: 5 } }] };
  t.same(read(JSON.stringify(packages)), { env: ['numpy', '1.1', { channel: 0, size: 7, env: { A: '5' } }] });
});

void t.test('uses the last of two fields with the same name', async (t) => {
  t.same(read('{"env": {"a": 1.10, "a": 5}}'), { env: { a: '5' } });
  t.same(read('{"env": {"a": 5, "a": 1.10}}'), { env: { a: '1.10' } });
});

void t.test('accepts names of Object.prototype properties as field names', async (t) => {
  t.same(Object.entries(read('{"env": {"__proto__": 1.10, "constructor": 1.10}}')!['env' as never]), [
    ['__proto__', '1.10'],
    ['constructor', '1.10'],
  ]);
});
