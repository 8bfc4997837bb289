import type { ReactNode } from 'react';
import type { AllocationRow } from '../api/types.js';
import { Took, When } from '../moment/when.js';
import { Name } from '../parts/name/name.js';
import { visible } from '../parts/name/visible.js';
import { Status } from '../parts/status/status.js';
import type { Column } from '../parts/table/columns.js';
import { List } from './list.js';
import { ObjectLink, pathOf, short } from './object-link.js';

const COLUMNS: readonly Column<AllocationRow>[] = [
  {
    id: 'id',
    title: 'Allocation',
    width: '80px',
    sort: 'id',
    cell: ({ id }) => <ObjectLink kind="allocation" id={id} label={short(id)} mono />,
  },
  {
    id: 'status',
    title: 'Status',
    width: '100px',
    sort: 'status',
    cell: ({ status }) => <Status value={status} />,
  },
  {
    id: 'job',
    title: 'Job',
    width: 'minmax(90px, 2fr)',
    sort: 'job',
    cell: ({ job }) => <ObjectLink kind="job" id={job} quiet />,
  },
  {
    id: 'group',
    title: 'Group',
    width: 'minmax(70px, 1fr)',
    sort: 'group',
    cell: ({ group }) => <Name text={group} />,
  },
  {
    id: 'node',
    title: 'Node',
    width: '90px',
    cell: ({ node, node_name }) => (
      <ObjectLink kind="node" id={node} label={node_name === '' ? short(node) : short(node_name)} quiet />
    ),
  },
  { id: 'since', title: 'Since', width: '80px', sort: 'since', cell: ({ since }) => <When at={since} /> },
  {
    id: 'took',
    title: 'Duration',
    width: '70px',
    cell: ({ since, ended_at }) => <Took from={since} to={ended_at} />,
  },
  {
    id: 'reason',
    title: 'Outcome',
    width: 'minmax(100px, 3fr)',
    cell: ({ reason }) =>
      reason === null ? (
        <span className="muted">–</span>
      ) : (
        <span title={visible(reason)}>
          <Name text={reason} />
        </span>
      ),
  },
];

export function AllocationList({ only }: { readonly only?: string }): ReactNode {
  return (
    <List<AllocationRow>
      path="/console/api/allocations"
      title="Allocations"
      noun={['allocation', 'allocations']}
      columns={only === undefined ? COLUMNS : COLUMNS.filter(({ id }) => id !== 'node')}
      rowKey={({ id }) => id}
      open={({ id }) => pathOf('allocation', id) ?? '/'}
      kinds={['allocation']}
      empty="An allocation is one instance of a task group on one node."
      {...(only === undefined ? {} : { only })}
    />
  );
}
