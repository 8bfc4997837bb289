import { diffLines, type ChangeObject } from 'diff';
import type { ReactNode } from 'react';
import { ObjectLink } from '../../app/object-link.js';
import css from '../../compare/compare.module.css';
import type { components } from '../../generated/tasks.js';
import { useRead } from '../../moment/use-read.js';
import { When } from '../../moment/when.js';
import { Lines } from '../../parts/name/name.js';
import { Empty, Unanswered } from '../../parts/states/states.js';
import { Status } from '../../parts/status/status.js';
import { Grid } from '../../parts/table/grid.js';
import { bytes, duration } from '../../parts/time/format.js';

type Run = components['schemas']['TaskRun'];
type RunAnswer = components['schemas']['TaskRunAnswer'];
type RunPage = components['schemas']['TaskRunPage'];

const FIELDS: readonly (readonly [title: string, value: (run: Run) => ReactNode])[] = [
  ['Exit code', ({ exit_code: code }) => code],
  ['HTTP status', ({ http_status: status }) => status],
  ['Duration', ({ duration_seconds: seconds }) => (seconds === null ? null : duration(seconds))],
  ['Attempt', ({ attempt, attempts }) => `${attempt} of ${attempts}`],
  ['Peak memory', ({ memory_peak_mb: most }) => (most === null ? null : bytes(most))],
  ['CPU time', ({ cpu_seconds: seconds }) => (seconds === null ? null : duration(seconds))],
  ['Trigger', ({ trigger }) => trigger],
  ['Created by', ({ created_by_name: name }) => name],
  ['Worker', ({ worker }) => worker],
];

/** More than the number of runs that can succeed within one second. */
const RUNS_OF_A_SECOND = 100;

/** Compares a run with the latest successful run before it. */
export function LastGood({ task, number }: { readonly task: string; readonly number: string }): ReactNode {
  const runs = `/api/tasks/${encodeURIComponent(task)}/runs`;
  const subjects = [`run:${task}/${number}`];
  const { data, error, refetch } = useRead<RunAnswer>(`${runs}/${encodeURIComponent(number)}`, { subjects });
  const run = data?.body.data;
  const found = useRead<RunPage>(run === undefined ? undefined : `${runs}?${successUpTo(run)}`);
  const newest = found.data?.body.data.find(({ id }) => Number(id) < Number(number))?.id;
  const good = useRead<RunAnswer>(typeof newest === 'number' ? `${runs}/${newest}` : undefined);
  if (found.data !== undefined && newest === undefined)
    return <Empty title="No earlier successful run of the task is retained" />;
  const other = good.data?.body.data;
  if (run === undefined || other === undefined)
    return (
      <Unanswered
        what="the runs"
        error={error ?? found.error ?? good.error}
        retry={() => void Promise.all([refetch(), found.refetch(), good.refetch()])}
      />
    );
  const parts = diffLines(other.output ?? '', run.output ?? '');
  return (
    <section className={css['object']} aria-label="Compared with the last successful run">
      <Grid titles={['Field', `Run ${other.id} (last successful)`, `Run ${run.id}`]}>
        <tr>
          <th scope="row">Status</th>
          <td>
            <Status value={other.status} /> <ObjectLink kind="run" id={`${task}/${other.id}`} label="open" />
          </td>
          <td>
            <Status value={run.status} />
          </td>
        </tr>
        <tr>
          <th scope="row">Created</th>
          <td>
            <When at={other.created_at} />
          </td>
          <td>
            <When at={run.created_at} />
          </td>
        </tr>
        {FIELDS.map(([title, value]) => [title, value(other), value(run)] as const)
          .filter(([, one, two]) => (one ?? two ?? undefined) !== undefined)
          .map(([title, one, two]) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              <td>{one ?? '–'}</td>
              <td>{one === two ? two : <ins className={css['new']}>{two ?? '–'}</ins>}</td>
            </tr>
          ))}
      </Grid>
      <div className={css['sides']}>
        <Output title={`Output of run ${other.id}`} parts={parts.filter(({ added }) => !added)} />
        <Output title={`Output of run ${run.id}`} parts={parts.filter(({ removed }) => !removed)} />
      </div>
    </section>
  );
}

/** Run times are whole seconds, so the range up to the end of the run's second includes both earlier and later runs in that second. */
function successUpTo({ created_at: created }: Run): string {
  const to = new Date(new Date(created).getTime() + 999).toISOString();
  return new URLSearchParams({ status: 'success', size: String(RUNS_OF_A_SECOND), to }).toString();
}

function Output({
  title,
  parts,
}: {
  readonly title: string;
  readonly parts: readonly ChangeObject<string>[];
}): ReactNode {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      {parts.length === 0 ? (
        <p className="muted">No output.</p>
      ) : (
        // Focusable, so it can be scrolled with the keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className={css['state']} tabIndex={0}>
          {parts.map(({ value, added, removed }, place) =>
            added ? (
              <ins key={place} className={css['new']}>
                <Lines text={value} />
              </ins>
            ) : removed ? (
              <del key={place} className={css['old']}>
                <Lines text={value} />
              </del>
            ) : (
              <Lines key={place} text={value} />
            ),
          )}
        </pre>
      )}
    </section>
  );
}
