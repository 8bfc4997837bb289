import fc from 'fast-check';
import t from 'tap';
import { allocationsDigest } from '#agents/platform/digest.js';

void t.test('is equal for equal sets of ids, in any order and with duplicates', async () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.uuid(), { maxLength: 20 }), fc.uuid(), (ids, other) => {
      const digest = allocationsDigest(ids);
      return (
        digest === allocationsDigest([...ids].reverse().concat(ids)) &&
        /^[A-Za-z0-9_-]{22}$/.test(digest) &&
        (ids.includes(other) || digest !== allocationsDigest([...ids, other]))
      );
    }),
  );
});
