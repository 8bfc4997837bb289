import type { ReactNode } from 'react';
import type { RunRow } from '../api/types.js';
import { Took, When } from '../moment/when.js';
import { Name } from '../parts/name/name.js';
import { Status } from '../parts/status/status.js';
import type { Column } from '../parts/table/columns.js';
import { List } from './list.js';
import { ObjectLink, pathOf, short } from './object-link.js';

const COLUMNS: readonly Column<RunRow>[] = [
  {
    id: 'run',
    title: 'Run',
    width: '50px',
    sort: 'number',
    cell: ({ task, number }) => <ObjectLink kind="run" id={`${task}/${number}`} label={String(number)} />,
  },
  {
    id: 'status',
    title: 'Status',
    width: '100px',
    sort: 'status',
    cell: ({ status }) => <Status value={status} />,
  },
  { id: 'trigger', title: 'Trigger', width: '70px', sort: 'trigger', cell: ({ trigger }) => trigger },
  {
    id: 'node',
    title: 'Node',
    width: '80px',
    cell: ({ node }) => <Name text={node === null ? '–' : short(node)} />,
  },
  {
    id: 'queued',
    title: 'Queued',
    width: '80px',
    sort: 'queued_at',
    cell: ({ queued_at }) => <When at={queued_at} />,
  },
  {
    id: 'took',
    title: 'Duration',
    width: '70px',
    cell: ({ started_at, ended_at }) => <Took from={started_at} to={ended_at} />,
  },
  {
    id: 'reason',
    title: 'Outcome',
    width: 'minmax(100px, 2fr)',
    cell: ({ reason }) => <Name text={reason ?? '–'} />,
  },
];

export function RunList({ task }: { readonly task: string }): ReactNode {
  return (
    <List<RunRow>
      path="/console/api/runs"
      title="Runs"
      noun={['run', 'runs']}
      columns={COLUMNS}
      rowKey={({ task: of, number }) => `${of}/${number}`}
      open={({ task: of, number }) => pathOf('run', `${of}/${number}`) ?? '/'}
      kinds={['run']}
      empty="This task has not run yet."
      only={`task:${task}`}
    />
  );
}
