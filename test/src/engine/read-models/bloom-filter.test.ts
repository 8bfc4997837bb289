import fc from 'fast-check';
import t from 'tap';
import { BloomFilter } from '#src/engine/read-models/bloom-filter.js';

void t.test('never reports an added key as absent', async () => {
  const keys = fc.array(fc.tuple(fc.nat(5), fc.string({ maxLength: 20 })), { maxLength: 100 });
  fc.assert(
    fc.property(keys, (added) => {
      const filter = new BloomFilter(10);
      for (const [kind, key] of added) filter.add(kind, key);
      return added.every(([kind, key]) => !filter.isAbsent(kind, key));
    }),
  );
});

void t.test('has few false positives for other keys and for keys of another kind', async (t) => {
  const filter = new BloomFilter(16);
  const key = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  t.ok(filter.isAbsent(0, key(0)), 'every key is absent at first');
  for (let index = 0; index < 5_000; index += 1) filter.add(0, key(index));
  let possible = 0;
  for (let index = 0; index < 5_000; index += 1)
    for (const [kind, other] of [
      [0, key(5_000 + index)],
      [1, key(index)],
    ] as const)
      if (!filter.isAbsent(kind, other)) possible += 1;
  // With a quarter of the bits set, four probes give about one false positive in 250.
  t.ok(possible < 300, `${possible} false positives among 10,000`);
});
