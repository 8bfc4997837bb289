import type { UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Answer } from '../../api/client.js';
import type { Overview } from '../../api/types.js';
import { ObjectLink } from '../../app/object-link.js';
import { useRights } from '../../app/rights.js';
import { useRange } from '../../moment/in-url.js';
import { useRead } from '../../moment/use-read.js';
import { When } from '../../moment/when.js';
import { Empty, Unanswered } from '../../parts/states/states.js';
import { Status } from '../../parts/status/status.js';
import { grouped } from '../../parts/time/format.js';
import css from './overview.module.css';
import { Words } from '../../why/words.js';

const KINDS: readonly (readonly [kind: string, title: string, path: string])[] = [
  ['jobs', 'Jobs', '/jobs'],
  ['allocations', 'Allocations', '/allocations'],
  ['nodes', 'Nodes', '/nodes'],
  ['tasks', 'Tasks', '/tasks'],
  ['services', 'Services', '/services'],
  ['environments', 'Environments', '/environments'],
  ['claims', 'GPU claims', '/gpus'],
];
type Counts = Readonly<Record<string, number>>;

const SUBJECTS = ['job', 'allocation', 'node', 'task', 'run', 'service', 'environment', 'claim'];

/** Shows problems, waiting work, and totals. */
export function OverviewPage(): ReactNode {
  const { data, error, refetch, isPlaceholderData } = useOverview();
  const former = useFormerCounts();
  const { whatIf } = useRights();
  if (data === undefined)
    return <Unanswered what="the overview" error={error} retry={() => void refetch()} />;
  const { counts, failures, waiting } = data.body;
  return (
    <div className={css['overview']} aria-busy={isPlaceholderData}>
      <h1 className="hidden-visually">Overview</h1>
      <div className={css['counts']}>
        {KINDS.map(([kind, title, path]) => (
          <Count
            key={kind}
            title={title}
            path={path}
            counts={counts[kind] ?? {}}
            {...(former === undefined ? {} : { former: former[kind] ?? {} })}
          />
        ))}
      </div>
      {whatIf ? (
        <p className={css['links']}>
          <Link
            to={'/what-if' as '/'}
            search={((former: Record<string, unknown>) => ({ at: former['at'] })) as never}
            className="button"
          >
            What if …?
          </Link>
        </p>
      ) : null}
      <div className={css['columns']}>
        <section aria-label="Failed" className={css['card']}>
          <h2>Failed</h2>
          {failures.length === 0 ? <Empty title="Nothing has failed" /> : null}
          <ul>
            {failures.map(({ kind, id, at, words }) => (
              <li key={`${kind}:${id}`}>
                <Status value="failed" />
                <span className={css['words']}>
                  <span className={css['object']}>
                    <span className="muted">{kind}</span> <ObjectLink kind={kind} id={id} />
                  </span>
                  <Words text={words} />
                </span>
                <When at={at} />
              </li>
            ))}
          </ul>
        </section>
        <section aria-label="Waiting" className={css['card']}>
          <h2>Waiting</h2>
          {waiting.length === 0 ? <Empty title="Nothing is waiting" /> : null}
          <ul>
            {waiting.map(({ job, since, words }) => (
              <li key={job}>
                <Status value="waiting" />
                <span className={css['words']}>
                  <span className={css['object']}>
                    <span className="muted">job</span> <ObjectLink kind="job" id={job} />
                  </span>
                  <Words text={words} />
                </span>
                <When at={since} />
              </li>
            ))}
          </ul>
        </section>
      </div>
    </div>
  );
}

/** Reads the overview as of the selected moment, or of the later moment of a comparison. */
function useOverview(): UseQueryResult<Answer<Overview>, Error> {
  const range = useRange();
  return useRead<Overview>('/console/api/overview', {
    subjects: SUBJECTS,
    ...(range === undefined ? {} : { now: range.after === undefined, asOf: range.after }),
  });
}

/** Returns the counts as of the earlier moment of a comparison, or undefined if nothing is compared. */
function useFormerCounts(): Overview['counts'] | undefined {
  const range = useRange();
  const { data } = useRead<Overview>(range === undefined ? undefined : '/console/api/overview', {
    asOf: range?.before,
  });
  return range === undefined ? undefined : data?.body.counts;
}

function Count({
  title,
  path,
  counts,
  former,
}: {
  readonly title: string;
  readonly path: string;
  readonly counts: Counts;
  /** Omitted if nothing is compared. */
  readonly former?: Counts;
}): ReactNode {
  const states = [...new Set([...Object.keys(counts), ...Object.keys(former ?? {})])].filter(
    (status) => (counts[status] ?? 0) > 0 || (former?.[status] ?? 0) > 0,
  );
  return (
    <section className={css['count']} aria-label={title}>
      <Link to={path as '/'} className={css['total']}>
        <span>{title}</span>
        <Total now={sum(counts)} former={former === undefined ? undefined : sum(former)} />
      </Link>
      <ul>
        {states.map((status) => (
          <li key={status}>
            <Link
              to={path as '/'}
              search={
                ((search: Record<string, unknown>) => ({
                  at: search['at'],
                  vs: search['vs'],
                  filter: `status:${status}`,
                })) as never
              }
            >
              <Status value={status} />
              <Total
                now={counts[status] ?? 0}
                former={former === undefined ? undefined : (former[status] ?? 0)}
              />
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Total({ now, former }: { readonly now: number; readonly former: number | undefined }): ReactNode {
  const by = former === undefined ? 0 : now - former;
  return (
    <span className={css['number']}>
      {by === 0 ? null : (
        <span className={css['by']} title={`${grouped(former ?? 0)} before`}>
          {by > 0 ? '+' : '−'}
          {grouped(Math.abs(by))}
        </span>
      )}{' '}
      <strong>{grouped(now)}</strong>
    </span>
  );
}

function sum(counts: Counts): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
