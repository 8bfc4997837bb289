import type { ReactNode } from 'react';
import type { components } from '../generated/audit.js';
import { useSettings } from '../app/settings.js';
import { type Range, useSearch, useSetSearch } from '../moment/in-url.js';
import { useRead } from '../moment/use-read.js';
import { When } from '../moment/when.js';
import { Lines, Name } from '../parts/name/name.js';
import { Unanswered } from '../parts/states/states.js';
import { absolute, grouped } from '../parts/time/format.js';
import { Actor } from '../why/actor.js';
import { Words } from '../why/words.js';
import { fieldsOf, type Field } from './fields.js';
import css from './compare.module.css';

type Diff = components['schemas']['ObjectDiff'];
type State = components['schemas']['ObjectState'];

/** One object at two moments: the fields that differ, or both states side by side, and the events in between. */
export function ObjectDiff({
  subject,
  range,
}: {
  readonly subject: string;
  readonly range: Range;
}): ReactNode {
  const { sides } = useSearch();
  const setSearch = useSetSearch();
  const query = new URLSearchParams({ of: subject, from: range.before });
  if (range.after !== undefined) query.set('to', range.after);
  const { data, error, isPlaceholderData } = useRead<Diff>(`/audit/diff?${query.toString()}`, {
    now: true,
    subjects: [subject],
  });
  return (
    <section className={css['object']} aria-label="Comparison" aria-busy={isPlaceholderData}>
      {data === undefined ? (
        <Unanswered what="the comparison" error={error} />
      ) : (
        <>
          <header className={css['head']}>
            <h2>{sentenceOf(data.body)}</h2>
            <button
              type="button"
              className="button"
              aria-pressed={sides !== undefined}
              onClick={() => setSearch({ sides: sides === undefined ? '1' : undefined }, { replace: true })}
            >
              Side by side
            </button>
          </header>
          {sides === undefined ? <Fields fields={fieldsOf(data.body)} /> : <Sides diff={data.body} />}
          <Between diff={data.body} />
        </>
      )}
    </section>
  );
}

function sentenceOf({ from, to, patch }: Diff): string {
  if (from.state === undefined && to.state === undefined) return 'It did not exist at either moment';
  if (from.state === undefined) return 'It did not exist at the earlier moment';
  if (to.state === undefined) return 'It no longer exists at the later moment';
  if (patch.length === 0) return 'No differences';
  return `${patch.length} ${patch.length === 1 ? 'difference' : 'differences'}`;
}

function Fields({ fields }: { readonly fields: readonly Field[] }): ReactNode {
  if (fields.length === 0) return null;
  return (
    // Focusable, so it can be scrolled with the keyboard.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="scroll" role="group" aria-label="Fields that differ" tabIndex={0}>
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(({ name, before, after }) => (
            <tr key={name}>
              <th scope="row">
                <Name text={name} mono />
              </th>
              <td className="wide">{before === undefined ? null : <Value value={before} old />}</td>
              <td className="wide">{after === undefined ? null : <Value value={after} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Numbers in this range are times, in milliseconds since the epoch (2001 to 2096). Read models store all times in this form. */
const TIMES = [1e12, 4e12] as const;

function Value({ value, old = false }: { readonly value: unknown; readonly old?: boolean }): ReactNode {
  const { utc } = useSettings();
  const text =
    typeof value === 'number' && value > TIMES[0] && value < TIMES[1]
      ? absolute(new Date(value), new Date(0), utc)
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
  const name = <Name text={text} mono />;
  return old ? <del className={css['old']}>{name}</del> : <ins className={css['new']}>{name}</ins>;
}

function Sides({ diff: { from, to } }: { readonly diff: Diff }): ReactNode {
  return (
    <div className={css['sides']}>
      <Side title="Before" state={from} />
      <Side title="After" state={to} />
    </div>
  );
}

function Side({ title, state: { position, at, state } }: { readonly title: string; readonly state: State }) {
  return (
    <section aria-label={title}>
      <h3>
        {title} <When at={at} position={position} /> <span className="muted">#{grouped(position)}</span>
      </h3>
      {state === undefined ? (
        <p className="muted">It did not exist.</p>
      ) : (
        // Focusable, so it can be scrolled with the keyboard.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className={css['state']} tabIndex={0}>
          <Lines text={JSON.stringify(state, null, 2)} />
        </pre>
      )}
    </section>
  );
}

function Between({ diff: { events, next } }: { readonly diff: Diff }): ReactNode {
  const setSearch = useSetSearch();
  if (events.length === 0) return null;
  return (
    <details className={css['between']}>
      <summary>
        {events.length}
        {next === null ? '' : '+'} {events.length === 1 ? 'event' : 'events'} in between
      </summary>
      <ol className="bare">
        {events.map(({ event, position, at, actor, actor_name, sentence }) => (
          <li key={event}>
            <button type="button" className={css['event']} onClick={() => setSearch({ at: position })}>
              <Words text={sentence} />
            </button>{' '}
            <span className="muted">
              <When at={at} position={position} />
              <Actor actor={actor} actor_name={actor_name} />
            </span>
          </li>
        ))}
      </ol>
    </details>
  );
}
