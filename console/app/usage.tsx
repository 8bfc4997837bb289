import type { ReactNode } from 'react';
import { ApiError } from '../api/client.js';
import type { components } from '../generated/services.js';
import { useRead } from '../moment/use-read.js';
import { Chart } from '../parts/chart/chart.js';
import { Name } from '../parts/name/name.js';
import { Empty, Unanswered } from '../parts/states/states.js';
import { bytes } from '../parts/time/format.js';
import { Section } from './detail.js';
import { NeedsAccount } from './needs-account.js';
import { NotRecorded } from './not-recorded.js';
import { short } from './object-link.js';
import { useSettings } from './settings.js';

type ServiceUsage = components['schemas']['ServiceUsage'];

export const MEBIBYTE = 1_048_576;
/** Amounts below this many MiB are shown with one decimal place. */
const SMALL_MIB = 10;
/** Polls as often as agents measure, because their measurements cause no events. */
export const MEASURED_EVERY_MS = 30_000;
export const NOT_AS_OF = 409;

interface UsageProps {
  readonly service: string;
  /** Shows only this instance. */
  readonly allocation?: string;
}

/** CPU and memory usage of a service's instances over the last hour. */
export function Usage(props: UsageProps): ReactNode {
  return (
    <NeedsAccount what="CPU and memory usage">
      <Charts {...props} />
    </NeedsAccount>
  );
}

function Charts({ service, allocation }: UsageProps): ReactNode {
  const { data, error, refetch } = useRead<ServiceUsage>(
    `/api/v1/services/${encodeURIComponent(service)}/metrics/history`,
    { subjects: [`service:${service}`], every: MEASURED_EVERY_MS },
  );
  if (error instanceof ApiError && error.status === NOT_AS_OF)
    return <NotRecorded what="Measurements are" leftOut />;
  if (data === undefined) return <Unanswered what="the usage" error={error} retry={() => void refetch()} />;
  const { interval_seconds: seconds, instances } = data.body;
  const shown = instances.filter(({ allocation_id: id }) => allocation === undefined || id === allocation);
  if (shown.length === 0)
    return (
      <Empty title={allocation === undefined ? 'No instances are running' : 'This instance is not running'}>
        Usage over time is shown for running instances only.
      </Empty>
    );
  const lines = shown.map(({ allocation_id: id, points }) => ({
    name: short(id),
    points: points.map(({ at, cpu_usage: cpu, memory_usage: memory }) => ({
      at: Date.parse(at),
      cpu,
      memory,
    })),
  }));
  return (
    <>
      {shown.map(({ allocation_id: id, problem }) =>
        problem === null ? null : (
          <p key={id} className="plain" role="note">
            <Name text={`${short(id)}: ${problem}`} />
          </p>
        ),
      )}
      <UsageCharts lines={lines} interval={seconds * 1000} />
    </>
  );
}

export interface UsageLine {
  readonly name: string;
  /** Oldest first. `at` is in milliseconds since the epoch, `cpu` in percent of a core, `memory` in bytes; null where it could not be measured. */
  readonly points: readonly {
    readonly at: number;
    readonly cpu: number | null;
    readonly memory: number | null;
  }[];
}

interface UsageChartsProps {
  readonly lines: readonly UsageLine[];
  /** Time between points, in milliseconds. */
  readonly interval: number;
}

/** Charts of CPU and memory. */
export function UsageCharts({ lines, interval }: UsageChartsProps): ReactNode {
  const { utc } = useSettings();
  const of = (amount: 'cpu' | 'memory') =>
    lines.map(({ name, points }) => ({
      name,
      points: points.map(({ at, [amount]: value }) => ({ at, value })),
    }));
  return (
    <Section title="Last hour">
      <Chart
        title="CPU (100 % is one core)"
        lines={of('cpu')}
        format={(value) => `${Number(value.toFixed(value < 1 ? 2 : 1))} %`}
        interval={interval}
        utc={utc}
      />
      <Chart title="Memory" lines={of('memory')} format={memory} base={1024} interval={interval} utc={utc} />
    </Section>
  );
}

function memory(value: number): string {
  const mebibytes = value / MEBIBYTE;
  if (mebibytes > 0 && mebibytes < 1) return `${Math.round(value / 1024)} KiB`;
  return mebibytes > 0 && mebibytes < SMALL_MIB ? `${mebibytes.toFixed(1)} MiB` : bytes(mebibytes);
}
