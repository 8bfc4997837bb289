import type { ReactNode } from 'react';
import type { components } from '../../generated/cluster.js';
import type { AllocationRow } from '../../api/types.js';
import { Section } from '../../app/detail.js';
import { Usage } from '../../app/usage.js';
import { useRead } from '../../moment/use-read.js';
import { Name } from '../../parts/name/name.js';
import { Empty, Unanswered } from '../../parts/states/states.js';
import { bytes, duration } from '../../parts/time/format.js';
import { serviceOf } from './service-of.js';

type Job = components['schemas']['Job'];

/** CPU units in one percent of a core. 1000 units are one core. */
const CORE_PERCENT = 10;

/** CPU and memory of an allocation over the last hour, if it belongs to a service, and the total usage of each task. */
export function AllocationUsage({ row: { id, job } }: { readonly row: AllocationRow }): ReactNode {
  const service = serviceOf(job);
  return (
    <>
      {service === undefined ? null : <Usage service={service} allocation={id} />}
      <Totals job={job} allocation={id} />
    </>
  );
}

function Totals({ job, allocation }: { readonly job: string; readonly allocation: string }): ReactNode {
  const { data, error, refetch } = useRead<Job>(`/jobs/${encodeURIComponent(job)}`, {
    subjects: [`job:${job}`],
  });
  if (data === undefined) return <Unanswered what="the usage" error={error} retry={() => void refetch()} />;
  const found = data.body.allocations.find(({ allocation_id: id }) => id === allocation);
  const used = Object.entries(found?.tasks ?? {}).flatMap(([name, { usage }]) =>
    usage === undefined ? [] : [{ name, usage }],
  );
  if (used.length === 0)
    return (
      <Empty title="No usage was recorded">
        An agent reports usage when a task ends, if its host can measure it.
      </Empty>
    );
  return (
    <Section title="Total usage">
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className="scroll" role="region" aria-label="Usage per task" tabIndex={0}>
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">Task</th>
              <th scope="col">Mean CPU</th>
              <th scope="col">Peak CPU</th>
              <th scope="col">CPU time</th>
              <th scope="col">Mean memory</th>
              <th scope="col">Peak memory</th>
            </tr>
          </thead>
          <tbody>
            {used.map(({ name, usage }) => (
              <tr key={name}>
                <th scope="row">
                  <Name text={name} />
                </th>
                <td>{percent(usage.cpu_average)}</td>
                <td>{percent(usage.cpu_peak)}</td>
                <td>{usage.cpu_seconds === undefined ? '–' : duration(usage.cpu_seconds)}</td>
                <td>{memory(usage.memory_average_mb)}</td>
                <td>{memory(usage.memory_peak_mb)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}

function percent(cpu: number | undefined): string {
  return cpu === undefined ? '–' : `${Number((cpu / CORE_PERCENT).toFixed(1))} %`;
}

function memory(mebibytes: number | undefined): string {
  return mebibytes === undefined ? '–' : bytes(mebibytes);
}
