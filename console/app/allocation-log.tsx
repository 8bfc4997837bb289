import type { ReactNode } from 'react';
import type { components } from '../generated/cluster.js';
import { useSearch, useSetSearch } from '../moment/in-url.js';
import { Choice } from './choice.js';
import { FollowedLog } from './followed-log.js';
import { short } from './object-link.js';

type Job = components['schemas']['Job'];

/** Number of past lines to load initially. */
const TAIL = 10_000;

export interface AllocationLogProps {
  readonly job: string;
  readonly allocation: string;
  readonly status: string;
  /** Names of the tasks in the allocation's group. */
  readonly tasks: readonly string[];
  readonly tools?: ReactNode;
}

/** The log of one allocation, with a choice of task and stream. */
export function AllocationLog({ job, allocation, status, tasks, tools }: AllocationLogProps): ReactNode {
  const search = useSearch();
  const setSearch = useSetSearch();
  const task = tasks.find((name) => name === search['task']) ?? tasks[0];
  const asked = search['stream'] === 'stderr' || search['stream'] === 'stdout' ? search['stream'] : undefined;
  // A failed task has usually written the reason to standard error.
  const stream = asked ?? (status === 'failed' ? 'stderr' : 'stdout');
  const query = new URLSearchParams({ type: stream, follow: 'true', tail: String(TAIL) });
  if (task !== undefined) query.set('task', task);
  return (
    <FollowedLog
      label={`Log of ${short(allocation)}`}
      path={`/jobs/${encodeURIComponent(job)}/allocations/${encodeURIComponent(allocation)}/logs?${query.toString()}`}
      onEmpty={() => {
        if (asked === undefined && stream === 'stderr') setSearch({ stream: 'stdout' }, { replace: true });
      }}
      tools={
        <>
          {tools}
          {tasks.length > 1 ? (
            <Choice
              label="Task"
              value={task ?? ''}
              options={tasks.map((name) => [name, name])}
              onChange={(next) => setSearch({ task: next, stream: undefined }, { replace: true })}
            />
          ) : null}
          <Choice
            label="Stream"
            value={stream}
            options={[
              ['stdout', 'stdout'],
              ['stderr', 'stderr'],
            ]}
            onChange={(next) => setSearch({ stream: next }, { replace: true })}
          />
        </>
      }
    />
  );
}

export function tasksOf({ task_groups: groups }: Job, group: string): readonly string[] {
  return (groups.find(({ name }) => name === group)?.tasks ?? []).map(({ name }) => name);
}
