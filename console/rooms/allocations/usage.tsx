import type { ReactNode } from 'react';
import type { components } from '../../generated/cluster.js';
import type { AllocationRow } from '../../api/types.js';
import { ApiError } from '../../api/client.js';
import { Section } from '../../app/detail.js';
import { NotRecorded } from '../../app/not-recorded.js';
import { MEASURED_EVERY_MS, MEBIBYTE, NOT_AS_OF, Usage, UsageCharts } from '../../app/usage.js';
import { useRead } from '../../moment/use-read.js';
import { Name } from '../../parts/name/name.js';
import { Empty, isMissing, Unanswered } from '../../parts/states/states.js';
import { bytes, duration } from '../../parts/time/format.js';
import { serviceOf } from './service-of.js';

type Job = components['schemas']['Job'];

const FORBIDDEN = 403;
/** CPU units in one percent of a core. 1000 units are one core. */
const CORE_PERCENT = 10;

/** CPU and memory of a running allocation over the last hour, and the total usage of each task that has ended. */
export function AllocationUsage({ row: { id, job, status } }: { readonly row: AllocationRow }): ReactNode {
  const service = serviceOf(job);
  return (
    <>
      {service !== undefined ? (
        <Usage service={service} allocation={id} />
      ) : status === 'running' ? (
        <LastHour job={job} allocation={id} />
      ) : null}
      <Totals job={job} allocation={id} />
    </>
  );
}

interface AllocationOf {
  readonly job: string;
  readonly allocation: string;
}

/** Measured by the agent of the node, for each task. */
function LastHour({ job, allocation }: AllocationOf): ReactNode {
  const { data, error, refetch } = useRead<components['schemas']['AllocationUsage']>(
    `/jobs/${encodeURIComponent(job)}/allocations/${encodeURIComponent(allocation)}/usage`,
    { subjects: [`job:${job}`], every: MEASURED_EVERY_MS },
  );
  if (error instanceof ApiError && error.status === NOT_AS_OF)
    return <NotRecorded what="Measurements are" leftOut />;
  if (data === undefined) {
    // Only operators may read it, and an agent forgets an allocation soon after its end.
    const isLeftOut = isMissing(error) || (error instanceof ApiError && error.status === FORBIDDEN);
    return isLeftOut ? null : <Unanswered what="the usage" error={error} retry={() => void refetch()} />;
  }
  const lines = Object.entries(data.body.tasks).map(([name, points]) => ({
    name,
    points: points.map(({ timestamp, cpu, memory_mb: mebibytes }) => ({
      at: timestamp * 1000,
      cpu: cpu === undefined ? null : cpu / CORE_PERCENT,
      memory: mebibytes === undefined ? null : mebibytes * MEBIBYTE,
    })),
  }));
  return <UsageCharts lines={lines} interval={MEASURED_EVERY_MS} />;
}

function Totals({ job, allocation }: AllocationOf): ReactNode {
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
