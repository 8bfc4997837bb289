import fc from 'fast-check';
import t from 'tap';
import { v5 } from 'uuid';
import { UuidNamespace } from '#domain/kernel/name-uuid.js';

void t.test('the UUID of a name equals that of the uuid package for any name', async (t) => {
  const namespace = 'c2f5a0d6-6a3e-5b43-9d0c-6a8f7f0e4b11';
  const ours = new UuidNamespace(namespace);
  for (const length of [0, 1, 38, 39, 40, 47, 48, 55, 56, 63, 64, 65, 119, 120, 1000, 70_000])
    t.equal(ours.of('x'.repeat(length)), v5('x'.repeat(length), namespace));
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 200 }),
      (name) => ours.of(name) === v5(name, namespace),
    ),
  );
});
