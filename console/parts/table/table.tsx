import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent, type ReactNode } from 'react';
import type { Column } from './columns.js';
import { nextSort } from './columns.js';
import { useRowHeight } from './row-height.js';
import css from './table.module.css';

/** Space between columns, and at both ends of a row. */
const GAP_PX = 16;
/** Rows rendered above and below the visible ones. */
const OVERSCAN = 12;

export interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly total: number;
  /** Returns undefined if the row is not loaded yet. */
  readonly row: (index: number) => Row | undefined;
  readonly rowKey: (row: Row) => string;
  readonly sort?: string | undefined;
  readonly onSort?: (sort: string | undefined) => void;
  /** Reports the visible rows, so that they can be loaded. */
  readonly onRange?: (first: number, last: number) => void;
  readonly onOpen?: (row: Row) => void;
  /** True while an older response is shown and the new one is loading. */
  readonly dimmed?: boolean;
  readonly selected?: string | undefined;
  /** Height of a row, in pixels. Default: the height of one line. */
  readonly rowHeight?: number;
}

/** A table of any length: only visible rows are rendered. All rows have the same height, so the scroll bar is accurate. */
export function Table<Row>({
  label,
  columns,
  total,
  row,
  rowKey,
  sort,
  onSort,
  onRange,
  onOpen,
  dimmed = false,
  selected,
  rowHeight: ownHeight,
}: TableProps<Row>): ReactNode {
  const rowHeight = useRowHeight(ownHeight);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN,
  });
  // Sizes are cached, so a different height has to be measured again.
  useEffect(() => virtual.measure(), [virtual, rowHeight]);
  const shown = virtual.getVirtualItems();
  const first = shown[0]?.index ?? 0;
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => onRange?.(first, last), [onRange, first, last]);
  const template = {
    gridTemplateColumns: columns.map(({ width }) => width).join(' '),
    // All rows are equally wide; in a narrow window the table scrolls sideways.
    minWidth: leastWidth(columns),
  };
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const current = (event.target as HTMLElement).closest<HTMLElement>('[data-index]');
    const index = current === null ? -1 : Number(current.dataset['index']);
    const to = target(event.key, index, total);
    if (to === undefined) return;
    event.preventDefault();
    virtual.scrollToIndex(to);
    // A rendered row gets the focus immediately, so that it receives the next key.
    if (!focusRow(scroller.current, to)) requestAnimationFrame(() => focusRow(scroller.current, to));
  };
  return (
    // Arrow keys move between rows, and Enter opens one.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className={`${css['table']} ${dimmed ? css['dimmed'] : ''}`}
      role="table"
      aria-label={label}
      aria-rowcount={total + 1}
      aria-busy={dimmed}
      onKeyDown={move}
    >
      <div className={css['scroller']} ref={scroller} role="rowgroup">
        <div className={css['head']} role="row" aria-rowindex={1} style={template}>
          {columns.map((column) => (
            <Head key={column.id} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
        <div className={css['body']} role="presentation" style={{ height: virtual.getTotalSize() }}>
          {shown.map(({ index, start }) => {
            const each = row(index);
            const key = each === undefined ? undefined : rowKey(each);
            return (
              <div
                key={index}
                role="row"
                aria-rowindex={index + 2}
                data-index={index}
                data-selected={key !== undefined && key === selected}
                tabIndex={index === first ? 0 : -1}
                className={css['row']}
                style={{ ...template, height: rowHeight, transform: `translateY(${start}px)` }}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' && event.target === event.currentTarget && each !== undefined)
                    onOpen?.(each);
                }}
              >
                {columns.map((column) => (
                  <div
                    key={column.id}
                    role="cell"
                    className={column.align === 'end' ? css['end'] : css['cell']}
                  >
                    {each === undefined ? (
                      <span className={css['missing']} aria-hidden="true" />
                    ) : (
                      column.cell(each)
                    )}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Head<Row>({
  column: { title, sort: by, align },
  sort,
  onSort,
}: {
  readonly column: Column<Row>;
  readonly sort: string | undefined;
  readonly onSort: ((sort: string | undefined) => void) | undefined;
}): ReactNode {
  const ascending = by !== undefined && sort === by;
  const descending = by !== undefined && sort === `-${by}`;
  const order = ascending ? 'ascending' : descending ? 'descending' : 'none';
  const place = align === 'end' ? css['end'] : css['cell'];
  if (by === undefined || onSort === undefined)
    return (
      <div role="columnheader" className={place}>
        {title}
      </div>
    );
  return (
    <div role="columnheader" aria-sort={order} className={place}>
      <button type="button" className={css['sort']} onClick={() => onSort(nextSort(sort, by))}>
        {title}
        {ascending ? <ArrowUp size={12} aria-hidden="true" /> : null}
        {descending ? <ArrowDown size={12} aria-hidden="true" /> : null}
      </button>
    </div>
  );
}

function focusRow(within: HTMLElement | null, index: number): boolean {
  const row = within?.querySelector<HTMLElement>(`[data-index="${index}"]`);
  row?.focus({ preventScroll: true });
  return row !== null && row !== undefined;
}

/** Returns the width of the columns, their gaps and the margins of a row, in pixels. */
function leastWidth(columns: readonly { readonly width: string }[]): number {
  const widths = columns.map(({ width }) => Number(/(\d+)px/.exec(width)?.[1] ?? 0));
  return widths.reduce((sum, width) => sum + width + GAP_PX, GAP_PX);
}

function target(key: string, index: number, total: number): number | undefined {
  if (total === 0) return undefined;
  if (key === 'ArrowDown') return Math.min(total - 1, index + 1);
  if (key === 'ArrowUp') return Math.max(0, index - 1);
  if (key === 'Home') return 0;
  if (key === 'End') return total - 1;
  return undefined;
}
