import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { JobRow } from '../../api/types.js';
import { List } from '../../app/list.js';
import { ObjectLink, pathOf } from '../../app/object-link.js';
import { When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { visible } from '../../parts/name/visible.js';
import { Status } from '../../parts/status/status.js';
import type { Column } from '../../parts/table/columns.js';

const COLUMNS: readonly Column<JobRow>[] = [
  {
    id: 'id',
    title: 'Job',
    width: 'minmax(160px, 2fr)',
    sort: 'id',
    cell: ({ id }) => <ObjectLink kind="job" id={id} />,
  },
  {
    id: 'status',
    title: 'Status',
    width: '110px',
    sort: 'status',
    cell: ({ status }) => <Status value={status} />,
  },
  {
    id: 'instances',
    title: 'Running',
    width: '80px',
    align: 'end',
    sort: 'running',
    cell: ({ running, wanted }) => `${running} / ${wanted}`,
  },
  {
    id: 'waits',
    title: 'Why it is waiting',
    width: 'minmax(160px, 3fr)',
    cell: ({ waits }) =>
      waits === null ? (
        <span className="muted">–</span>
      ) : (
        <span title={visible(waits)}>
          <Name text={waits} />
        </span>
      ),
  },
  { id: 'type', title: 'Created by', width: '80px', sort: 'type', cell: ({ type }) => <Name text={type} /> },
  {
    id: 'owner',
    title: 'Owner',
    width: '100px',
    sort: 'owner',
    cell: ({ owner }) => <Name text={owner ?? '–'} />,
  },
  {
    id: 'changed',
    title: 'Changed',
    width: '100px',
    sort: 'changed_at',
    cell: ({ changed_at }) => <When at={changed_at} />,
  },
];

export function JobsPage(): ReactNode {
  return (
    <List<JobRow>
      command={['job', 'list']}
      path="/console/api/jobs"
      title="Jobs"
      noun={['job', 'jobs']}
      columns={COLUMNS}
      rowKey={({ id }) => id}
      open={({ id }) => pathOf('job', id) ?? '/'}
      kinds={['job', 'allocation']}
      actions={
        <Link to={'/run' as '/'} className="button">
          Run a job
        </Link>
      }
      empty={
        <>
          Run one: <code>muster job run examples/hello.json</code>
        </>
      }
    />
  );
}
