import type { ReactNode } from 'react';
import type { components } from '../../generated/cluster.js';
import { AllocationLog, tasksOf } from '../../app/allocation-log.js';
import { Choice } from '../../app/choice.js';
import { short } from '../../app/object-link.js';
import { useSearch, useSetSearch } from '../../moment/in-url.js';
import { Empty } from '../../parts/states/states.js';

type Job = components['schemas']['Job'];

export function JobLogs({ job }: { readonly job: Job }): ReactNode {
  const search = useSearch();
  const setSearch = useSetSearch();
  const allocations = job.allocations.toReversed();
  const chosen =
    allocations.find(({ allocation_id }) => allocation_id === search['allocation']) ?? allocations[0];
  if (chosen === undefined) return <Empty title="Nothing has run yet, so there is no log" />;
  return (
    <AllocationLog
      job={job.job_id}
      allocation={chosen.allocation_id}
      status={chosen.status}
      tasks={tasksOf(job, chosen.task_group)}
      tools={
        <Choice
          label="Allocation"
          value={chosen.allocation_id}
          options={allocations.map(({ allocation_id, status, task_group }) => [
            allocation_id,
            `${short(allocation_id)} · ${task_group} · ${status}`,
          ])}
          onChange={(allocation) =>
            setSearch({ allocation, task: undefined, stream: undefined }, { replace: true })
          }
        />
      }
    />
  );
}
