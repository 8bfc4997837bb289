import fc from 'fast-check';
import t from 'tap';
import { documentPageOf } from '#src/fleet/nodes/nats/pages.js';

/** All pages of a text, as an agent requests them. */
function pagesOf(text: string, bytes: number): string[] {
  const pages: string[] = [];
  for (let after = 0; ; after = Buffer.byteLength(pages.join(''))) {
    const { text: page, more } = documentPageOf(text, after, bytes);
    pages.push(page);
    if (!more) return pages;
    if (page === '') throw new Error('an empty page');
  }
}

const texts = fc.oneof(
  fc.string({ maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\u0001', 'ß', '作', '😀', 'x'), maxLength: 300 }),
);

void t.test('splits a text into pages that fit, or that contain a single character', async (t) => {
  // Random text as the title of an assertion would be read as TAP, so the property returns a boolean.
  const result = fc.check(
    fc.property(texts, fc.integer({ min: -10, max: 200 }), (text, bytes) => {
      const pages = pagesOf(text, bytes);
      const fits = (page: string): boolean =>
        [...page].length === 1 || Buffer.byteLength(JSON.stringify(page)) <= bytes;
      return pages.join('') === text && (text === '' || pages.every(fits));
    }),
  );
  t.equal(result.counterexample, null);
});

void t.test('fills pages almost completely', async (t) => {
  const text = 'x"'.repeat(10_000);
  t.ok(
    pagesOf(text, 1_000).length <= 32,
    `${pagesOf(text, 1_000).length} pages of at most 1 kB for 30 kB of JSON`,
  );
});

void t.test('refuses a start inside a character or beyond the end', async (t) => {
  for (const [text, after] of [
    ['ß', 1],
    ['😀', 2],
    ['abc', 4],
    ['', 1],
  ] as const)
    t.throws(() => documentPageOf(text, after, 100), {
      code: 'MUSTER_E_INVALID',
      message: 'after: must be the number of bytes in the pages received so far',
    });
  t.same(documentPageOf('abc', 3, 100), { text: '', more: false });
});
