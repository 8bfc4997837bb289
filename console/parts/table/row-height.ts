import { createContext, useContext } from 'react';

/** Heights of a row of one line, in pixels: for reading, and for as many rows as possible. */
export const ROW_PX = { normal: 34, dense: 24 } as const;

/** Height of a row, in pixels. Not part of the table's module, which pages load only when they show one. */
export const RowHeight = createContext<number>(ROW_PX.normal);

/** Returns the height of a row, in pixels. `own`: of tables whose rows have several lines. */
export function useRowHeight(own: number | undefined): number {
  const usual = useContext(RowHeight);
  return own ?? usual;
}
