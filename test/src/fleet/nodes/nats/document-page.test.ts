import fc from 'fast-check';
import t from 'tap';
import { documentPageOf } from '#src/fleet/nodes/nats/document-page.js';

/** All pages of a text, as an agent asks for them. */
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

void t.test('the pages of a text are the text, and each fits or is one character', async (t) => {
  fc.assert(
    fc.property(texts, fc.integer({ min: -10, max: 200 }), (text, bytes) => {
      const pages = pagesOf(text, bytes);
      t.equal(pages.join(''), text);
      for (const page of pages)
        if ([...page].length > 1)
          t.ok(Buffer.byteLength(JSON.stringify(page)) <= bytes, JSON.stringify({ text, page, bytes }));
    }),
  );
});

void t.test('pages are nearly full', async (t) => {
  const text = 'x"'.repeat(10_000);
  t.ok(pagesOf(text, 1_000).length <= 32, `${pagesOf(text, 1_000).length} pages of 30 kB in kilobytes`);
});

void t.test('one asks behind whole characters, and not behind the end', async (t) => {
  for (const [text, after] of [
    ['ß', 1],
    ['😀', 2],
    ['abc', 4],
    ['', 1],
  ] as const)
    t.throws(() => documentPageOf(text, after, 100), {
      code: 'MUSTER_E_INVALID',
      message: 'after: must be the bytes of whole pages',
    });
  t.same(documentPageOf('abc', 3, 100), { text: '', more: false });
});
