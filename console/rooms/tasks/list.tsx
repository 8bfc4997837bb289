import type { ReactNode } from 'react';
import type { TaskRow } from '../../api/types.js';
import { List } from '../../app/list.js';
import { ObjectLink, pathOf } from '../../app/object-link.js';
import { When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { visible } from '../../parts/name/visible.js';
import { Status } from '../../parts/status/status.js';
import type { Column } from '../../parts/table/columns.js';
import { Recent } from './recent.js';

const COLUMNS: readonly Column<TaskRow>[] = [
  {
    id: 'name',
    title: 'Task',
    width: 'minmax(160px, 2fr)',
    sort: 'name',
    cell: ({ id, name }) => <ObjectLink kind="task" id={String(id)} label={name} />,
  },
  {
    id: 'status',
    title: 'Status',
    width: '110px',
    sort: 'status',
    cell: ({ status }) => <Status value={status} />,
  },
  {
    id: 'last',
    title: 'Recent runs',
    width: '180px',
    cell: (task) => <Recent task={task} label={`Recent runs of ${visible(task.name)}`} />,
  },
  { id: 'kind', title: 'Kind', width: '80px', sort: 'kind', cell: ({ kind }) => <Name text={kind} /> },
  {
    id: 'schedule',
    title: 'Schedule',
    width: 'minmax(110px, 1fr)',
    cell: ({ schedule }) => <Name text={schedule ?? '–'} mono />,
  },
  {
    id: 'next',
    title: 'Next',
    width: '100px',
    sort: 'next_at',
    cell: ({ next_at }) => <When at={next_at} />,
  },
  {
    id: 'owner',
    title: 'Owner',
    width: '100px',
    sort: 'owner',
    cell: ({ owner }) => <Name text={owner ?? '–'} />,
  },
];

export function TasksPage(): ReactNode {
  return (
    <List<TaskRow>
      command={['task', 'list']}
      path="/console/api/tasks"
      title="Tasks"
      noun={['task', 'tasks']}
      columns={COLUMNS}
      rowKey={({ id }) => String(id)}
      open={({ id }) => pathOf('task', String(id)) ?? '/'}
      kinds={['task', 'run']}
      empty={
        <>
          Create one: <code>muster task create examples/tick.yaml</code>
        </>
      }
    />
  );
}
