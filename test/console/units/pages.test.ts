import t from 'tap';
import { loadConsole } from '../fixtures/load.js';

type Page = { readonly body: readonly number[]; readonly span: string };
const { readPages } = await loadConsole<{
  readonly readPages: (
    read: (page: number) => Promise<Page>,
    pages: {
      readonly rows: (body: readonly number[]) => readonly number[];
      readonly pageRows?: number;
      readonly pages?: number;
    },
  ) => Promise<{ readonly rows: readonly number[]; readonly isCut: boolean; readonly span?: string }>;
}>('app/pages.ts');

/** Reads a list of the numbers from 1 to `total`. */
async function read(total: number, bounds: { readonly pageRows?: number; readonly pages?: number }) {
  const size = bounds.pageRows ?? total;
  const numbers = Array.from({ length: total }, (_, index) => index + 1);
  let reads = 0;
  const found = await readPages(
    async (page) => {
      reads += 1;
      return await Promise.resolve({ body: numbers.slice((page - 1) * size, page * size), span: '1-9' });
    },
    { rows: (body) => body, ...bounds },
  );
  return { rows: found.rows.length, isCut: found.isCut, span: found.span, reads };
}

void t.test('pages are read until one is not full', async (t) => {
  t.same(await read(5, {}), { rows: 5, isCut: false, span: '1-9', reads: 1 });
  t.same(await read(9, { pageRows: 10 }), { rows: 9, isCut: false, span: '1-9', reads: 1 });
  t.same(await read(19, { pageRows: 10 }), { rows: 19, isCut: false, span: undefined, reads: 2 });
  t.same(await read(20, { pageRows: 10 }), { rows: 20, isCut: false, span: undefined, reads: 3 });
});

void t.test('a list that is not read completely is marked as truncated', async (t) => {
  t.same(await read(99, { pageRows: 10 }), { rows: 99, isCut: false, span: undefined, reads: 10 });
  t.same(await read(101, { pageRows: 10 }), { rows: 100, isCut: true, span: undefined, reads: 10 });
  t.same(await read(10, { pageRows: 10, pages: 1 }), { rows: 10, isCut: true, span: '1-9', reads: 1 });
  t.same(await read(9, { pageRows: 10, pages: 1 }), { rows: 9, isCut: false, span: '1-9', reads: 1 });
});
