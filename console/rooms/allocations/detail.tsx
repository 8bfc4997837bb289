import { useParams } from '@tanstack/react-router';
import { lazy, type ReactNode } from 'react';
import type { AllocationRow, Page } from '../../api/types.js';
import type { components } from '../../generated/cluster.js';
import { AllocationLog, tasksOf } from '../../app/allocation-log.js';
import { Detail } from '../../app/detail.js';
import { ObjectLink, short } from '../../app/object-link.js';
import { useRead } from '../../moment/use-read.js';
import { Took, When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { Loading, Missing } from '../../parts/states/states.js';
import { Status } from '../../parts/status/status.js';
import { WhyPanel } from '../../why/panel.js';
import { Since } from '../../why/since.js';

type Job = components['schemas']['Job'];

const AllocationUsage = lazy(async () => ({ default: (await import('./usage.js')).AllocationUsage }));

export function AllocationPage(): ReactNode {
  const { id } = useParams({ strict: false }) as { readonly id: string };
  const subjects = [`allocation:${id}`];
  const path = `/console/api/allocations?${new URLSearchParams({ filter: `id:${id}`, limit: '1' }).toString()}`;
  const { data, error, refetch, isPlaceholderData } = useRead<Page<AllocationRow>>(path, { subjects });
  const row = data?.body.rows[0];
  const missing = (
    <Missing what="allocation" answered={data !== undefined} error={error} retry={() => void refetch()} />
  );
  return (
    <Detail
      subject={`allocation:${id}`}
      busy={isPlaceholderData}
      command={['why', 'allocation', id]}
      json={path}
      title={<Name text={short(id)} mono />}
      facts={
        row === undefined
          ? []
          : [
              ['Status', <Status key="status" value={row.status} />],
              ['Since', <Since key="since" kind="allocations" id={id} subjects={subjects} />],
              ['Job', <ObjectLink key="job" kind="job" id={row.job} />],
              ['Group', <Name key="group" text={row.group} />],
              [
                'Node',
                <ObjectLink
                  key="node"
                  kind="node"
                  id={row.node}
                  label={short(row.node_name === '' ? row.node : row.node_name)}
                />,
              ],
              ['Started', <When key="started" at={row.since} />],
              ['Duration', <Took key="took" from={row.since} to={row.ended_at} />],
            ]
      }
      why={<WhyPanel kind="allocations" id={id} subjects={subjects} status={row?.status} />}
      tabs={[
        {
          id: 'log',
          title: 'Log',
          content: () => (row === undefined ? missing : <Log row={row} />),
        },
        {
          id: 'usage',
          title: 'Usage',
          content: () => (row === undefined ? missing : <AllocationUsage row={row} />),
        },
      ]}
    />
  );
}

function Log({ row: { id, job, group, status } }: { readonly row: AllocationRow }): ReactNode {
  const { data, error } = useRead<Job>(`/jobs/${encodeURIComponent(job)}`, { subjects: [`job:${job}`] });
  // The log is still available if the job no longer exists.
  if (data === undefined && error === null) return <Loading what="the log" />;
  const tasks = data === undefined ? [] : tasksOf(data.body, group);
  return <AllocationLog job={job} allocation={id} status={status} tasks={tasks} />;
}
