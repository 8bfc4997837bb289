import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { read, send } from '../../api/client.js';
import { Section } from '../../app/detail.js';
import { NotRecorded } from '../../app/not-recorded.js';
import { useSession } from '../../app/session.js';
import { useFeed } from '../../moment/moment.js';
import { useRead } from '../../moment/use-read.js';
import { Lines, Name } from '../../parts/name/name.js';
import { Loading, Unanswered } from '../../parts/states/states.js';
import { Status } from '../../parts/status/status.js';
import { duration, grouped } from '../../parts/time/format.js';
import { measurementsOf } from './measurements.js';

const REFRESH_MS = 10_000;

interface Readiness {
  readonly status: string;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly since?: string;
    readonly detail?: string;
  }[];
}

/** The server's health, position and metrics, and the head of its transparency log. */
export function SystemPage(): ReactNode {
  const { account } = useSession().me;
  return (
    <div>
      <NotRecorded what="Checks, the use of quotas and metrics are" />
      <Server />
      <Checks />
      {account === null ? null : <Quotas all={account.role === 'admin' || account.role === 'auditor'} />}
      <TransparencyLog />
      <Measurements />
    </div>
  );
}

function Server(): ReactNode {
  const { server } = useSession().me;
  const { position, lagMs, state } = useFeed();
  return (
    <Section title="Server">
      <table className="grid" style={{ width: 'auto' }}>
        <tbody>
          <tr>
            <th scope="row">Name</th>
            <td>
              <Name text={server.name} />
            </td>
          </tr>
          <tr>
            <th scope="row">Version</th>
            <td>{server.version}</td>
          </tr>
          <tr>
            <th scope="row">Latest event shown</th>
            <td>{position === undefined ? '–' : `#${grouped(position)}`}</td>
          </tr>
          <tr>
            <th scope="row">Change feed</th>
            <td>
              {state.replaceAll('-', ' ')}
              {lagMs === undefined ? '' : `, ${duration(lagMs / 1000)} behind`}
            </td>
          </tr>
        </tbody>
      </table>
    </Section>
  );
}

function Checks(): ReactNode {
  const { data, error, refetch } = useQuery({
    queryKey: ['readiness'],
    queryFn: async ({ signal }) => (await read<Readiness>('/readyz?verbose=1', undefined, signal)).body,
    refetchInterval: REFRESH_MS,
  });
  return (
    <Section title="Readiness">
      {data === undefined ? (
        <Unanswered what="the checks" error={error} retry={() => void refetch()} />
      ) : (
        <table className="grid">
          <tbody>
            {data.checks.map(({ name, ok, since, detail }) => (
              <tr key={name}>
                <th scope="row">
                  <Name text={name} />
                </th>
                <td>
                  <Status value={ok ? 'ready' : 'failed'} />
                </td>
                <td className="wide">
                  <Name text={[since, detail].filter((each) => each !== undefined).join(': ')} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

interface Quota {
  readonly quota: string;
  readonly unit: string;
  readonly of: string;
  readonly holder: string;
  readonly used: number;
  readonly limit: number | null;
}

function Quotas({ all }: { readonly all: boolean }): ReactNode {
  const { data, error } = useRead<{ readonly data: readonly Quota[] }>(
    all ? '/api/quotas/tenants?size=100' : '/api/quotas',
    { subjects: ['task', 'run', 'service', 'claim'], now: true },
  );
  return (
    <Section title="Quotas">
      {data === undefined ? (
        <Unanswered what="quotas" error={error} />
      ) : (
        <div className="scroll">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">Quota</th>
                <th scope="col">Holder</th>
                <th scope="col">Used</th>
                <th scope="col">Limit</th>
              </tr>
            </thead>
            <tbody>
              {data.body.data.map(({ quota, unit, of, holder, used, limit }) => (
                <tr key={`${quota} ${of} ${holder}`}>
                  <th scope="row">{quota.replaceAll('_', ' ')}</th>
                  <td>
                    {of} <Name text={holder.slice(0, 8)} mono />
                  </td>
                  <td>{grouped(used)}</td>
                  <td>{limit === null ? 'none' : `${grouped(limit)} ${unit}`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}

function TransparencyLog(): ReactNode {
  const { data, error } = useText(['tlog'], async (signal) => {
    const [checkpoint, key] = await Promise.all([
      text('/audit/tlog/checkpoint', signal),
      text('/audit/tlog/key', signal),
    ]);
    return `${checkpoint.trim()}\n\nKey: ${key.trim()}`;
  });
  return (
    <Section title="Transparency log">
      {data === undefined ? (
        <p className="muted">{error === null ? 'Loading the checkpoint …' : error.message}</p>
      ) : (
        // Focusable, so it can be scrolled with the keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className="text" tabIndex={0} role="region" aria-label="Checkpoint">
          <Lines text={data} />
        </pre>
      )}
    </Section>
  );
}

function Measurements(): ReactNode {
  const { data, error } = useText(['metrics'], async (signal) => await text('/metrics', signal));
  if (data === undefined)
    return error === null ? (
      <Loading what="metrics" />
    ) : (
      <Section title="Metrics">
        <p className="muted">{error.message}</p>
      </Section>
    );
  return (
    <Section title="Metrics">
      <details>
        <summary>All metrics of this server</summary>
        <div className="scroll">
          <table className="grid">
            <tbody>
              {measurementsOf(data).map(({ name, labels, value, help }) => (
                <tr key={`${name} ${labels}`}>
                  <th scope="row">
                    <Name text={name} mono />
                    <div className="muted">
                      <Name text={labels} mono />
                    </div>
                  </th>
                  <td>{value}</td>
                  <td className="wide">{help}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </Section>
  );
}

function useText(key: readonly string[], load: (signal: AbortSignal) => Promise<string>) {
  return useQuery<string, Error>({
    queryKey: key,
    queryFn: async ({ signal }) => await load(signal),
    refetchInterval: REFRESH_MS,
  });
}

async function text(path: string, signal: AbortSignal): Promise<string> {
  return await (await send(path, { signal })).text();
}
