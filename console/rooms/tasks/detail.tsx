import { useParams } from '@tanstack/react-router';
import { lazy, Suspense, type ReactNode } from 'react';
import type { Page, TaskRow } from '../../api/types.js';
import { Detail } from '../../app/detail.js';
import { RunList } from '../../app/run-list.js';
import { useRights } from '../../app/rights.js';
import { useRead } from '../../moment/use-read.js';
import { When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { Loading, Missing } from '../../parts/states/states.js';
import { Status } from '../../parts/status/status.js';
import { WhyPanel } from '../../why/panel.js';
import { Since } from '../../why/since.js';
import { taskActions } from './actions.js';
import { Recent } from './recent.js';

const Calendar = lazy(async () => ({ default: (await import('./calendar.js')).Calendar }));

export function TaskPage(): ReactNode {
  const { id } = useParams({ strict: false }) as { readonly id: string };
  const subjects = [`task:${id}`, 'run'];
  const path = `/console/api/tasks?${new URLSearchParams({ filter: `id:${id}`, limit: '200' }).toString()}`;
  const { data, error, refetch, isPlaceholderData } = useRead<Page<TaskRow>>(path, {
    subjects,
  });
  const { tenant } = useRights();
  const task = data?.body.rows.find((row) => String(row.id) === id);
  const missing = (
    <Missing what="task" answered={data !== undefined} error={error} retry={() => void refetch()} />
  );
  return (
    <Detail
      subject={`task:${id}`}
      busy={isPlaceholderData}
      actions={task !== undefined && tenant ? taskActions(task) : []}
      command={['task', 'show', id]}
      json={path}
      title={<Name text={task?.name ?? `Task ${id}`} />}
      facts={
        task === undefined
          ? []
          : [
              ['Status', <Status key="status" value={task.status} />],
              ['Since', <Since key="since" kind="tasks" id={id} subjects={subjects} />],
              ['Kind', task.kind],
              ['Schedule', <Name key="schedule" text={task.schedule ?? 'none'} mono />],
              ['Next', <When key="next" at={task.next_at} />],
              ['Recent runs', <Recent key="last" task={task} label="Recent runs" />],
            ]
      }
      why={
        <WhyPanel
          kind="tasks"
          id={id}
          subjects={subjects}
          status={task?.status === 'active' ? task.last[0]?.status : task?.status}
        />
      }
      tabs={[
        { id: 'runs', title: 'Runs', content: () => (task === undefined ? missing : <RunList task={id} />) },
        {
          id: 'calendar',
          title: 'Calendar',
          content: () =>
            task === undefined ? (
              missing
            ) : (
              <Suspense fallback={<Loading what="the calendar" />}>
                <Calendar task={id} />
              </Suspense>
            ),
        },
      ]}
    />
  );
}
