import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** Width of a grid track, such as `120px` or `minmax(160px, 2fr)`. */
  readonly width: string;
  /** Name of the sort order in the API. Omitted if the column cannot be sorted. */
  readonly sort?: string;
  readonly align?: 'end';
  readonly cell: (row: Row) => ReactNode;
}

/** Cycles a column's order: ascending, descending, none. */
export function nextSort(sort: string | undefined, column: string): string | undefined {
  if (sort === column) return `-${column}`;
  return sort === `-${column}` ? undefined : column;
}
