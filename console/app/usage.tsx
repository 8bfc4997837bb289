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

const MEBIBYTE = 1_048_576;
/** Amounts below this many MiB are shown with one decimal place. */
const SMALL_MIB = 10;
/** Polls as often as agents measure, because their measurements cause no events. */
const EVERY_MS = 30_000;
const NOT_AS_OF = 409;

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
  const { utc } = useSettings();
  const { data, error, refetch } = useRead<ServiceUsage>(
    `/api/v1/services/${encodeURIComponent(service)}/metrics/history`,
    { subjects: [`service:${service}`], every: EVERY_MS },
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
  const lines = (of: 'cpu_usage' | 'memory_usage') =>
    shown.map(({ allocation_id: id, points }) => ({
      name: short(id),
      points: points.map((point) => ({ at: Date.parse(point.at), value: point[of] })),
    }));
  const common = { interval: seconds * 1000, utc };
  return (
    <>
      {shown.map(({ allocation_id: id, problem }) =>
        problem === null ? null : (
          <p key={id} className="plain" role="note">
            <Name text={`${short(id)}: ${problem}`} />
          </p>
        ),
      )}
      <Section title="Last hour">
        <Chart
          title="CPU (100 % is one core)"
          lines={lines('cpu_usage')}
          format={(value) => `${Number(value.toFixed(value < 1 ? 2 : 1))} %`}
          {...common}
        />
        <Chart title="Memory" lines={lines('memory_usage')} format={memory} base={1024} {...common} />
      </Section>
    </>
  );
}

function memory(value: number): string {
  const mebibytes = value / MEBIBYTE;
  return mebibytes > 0 && mebibytes < SMALL_MIB ? `${mebibytes.toFixed(1)} MiB` : bytes(mebibytes);
}
