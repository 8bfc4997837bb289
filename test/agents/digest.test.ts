import fc from 'fast-check';
import t from 'tap';
import { allocationsDigest } from '#agents/digest.js';

void t.test('the digest names a set: order and repetition do not matter, membership does', async () => {
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
