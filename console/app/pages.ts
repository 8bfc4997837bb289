import type { Answer } from '../api/client.js';
import type { Span } from '../moment/span-cache.js';

/** Maximum number of pages to read if a list does not specify it. */
const MOST_PAGES = 10;

export interface Pages<Row> {
  readonly rows: (body: never) => readonly Row[];
  /** Number of rows of a full page. Omitted if the API returns all rows on one page. */
  readonly pageRows?: number;
  /** Maximum number of pages to read. */
  readonly pages?: number;
}

export interface ReadPages<Row> {
  readonly rows: readonly Row[];
  /** Whether the API may have more rows, because even the last page that was read is full. */
  readonly isCut: boolean;
  /** Range of positions over which the rows are unchanged. Undefined if there are several pages. */
  readonly span: Span | undefined;
}

/** Reads the pages of a list one after another, up to the first that is not full. Page numbers start at 1. */
export async function readPages<Row>(
  read: (page: number) => Promise<Answer<never>>,
  { rows, pageRows, pages = MOST_PAGES }: Pages<Row>,
): Promise<ReadPages<Row>> {
  const found: Row[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await read(page);
    const more = rows(answer.body);
    found.push(...more);
    const isFull = pageRows !== undefined && more.length >= pageRows;
    if (!isFull || page === pages)
      return { rows: found, isCut: isFull, span: page === 1 ? answer.span : undefined };
  }
}
