import { When } from '../moment/when.js';
import type { Column } from '../parts/table/columns.js';
import { Account } from './account.js';

/** Columns that show who last changed an object, and when. */
export const CHANGED_COLUMNS: readonly Column<{
  readonly updated_by: string;
  readonly updated_at: string;
}>[] = [
  {
    id: 'updated_by',
    title: 'Changed by',
    width: 'minmax(120px, 1fr)',
    sort: 'updated_by',
    cell: ({ updated_by }) => <Account id={updated_by} />,
  },
  {
    id: 'updated_at',
    title: 'Changed',
    width: '100px',
    sort: 'updated_at',
    cell: ({ updated_at }) => <When at={updated_at} />,
  },
];
