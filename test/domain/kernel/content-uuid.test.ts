import fc from 'fast-check';
import t from 'tap';
import { canonicalJson } from '#domain/kernel/canonical.js';
import { ContentNamespace } from '#domain/kernel/content-uuid.js';
import { UuidNamespace } from '#domain/kernel/name-uuid.js';

const NAMESPACE = '0b0a6bdc-0e43-58d6-93e2-0a2b0f8a6c37';

void t.test('an id is that of the canonical JSON, also for a value that was seen before', async () => {
  const contents = new ContentNamespace(NAMESPACE);
  const names = new UuidNamespace(NAMESPACE);
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, suffix) => {
      const wanted = names.of(canonicalJson(value) + suffix);
      return contents.of(value, suffix) === wanted && contents.of(value, suffix) === wanted;
    }),
  );
});

void t.test('more values than are cached, and long ones, keep their ids', async (t) => {
  const contents = new ContentNamespace(NAMESPACE);
  const long = 'x'.repeat(5000);
  const before = [contents.of({ b: 1, a: 2 }), contents.of(long)];
  for (let count = 0; count < 2500; count += 1) contents.of({ count });
  t.same([contents.of({ a: 2, b: 1 }), contents.of(long)], before);
});
