import type { ReactNode } from 'react';
import type { components } from '../../generated/cluster.js';
import { ObjectLink } from '../../app/object-link.js';
import { useFeed } from '../../moment/moment.js';
import { When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { bytes, grouped } from '../../parts/time/format.js';
import { isAdded, nodeLabel, reachOf, reasonWords, sentencesOf, sinceOf, sumsOf } from './sums.js';
import css from './what-if.module.css';

type WhatIf = components['schemas']['WhatIf'];
type NodeUse = NonNullable<WhatIf['nodes'][number]['before']>;

/** Compares the cluster at the selected moment with the cluster after the hypothetical changes. */
export function AnswerView({
  told,
  counted,
  names,
  busy,
  head,
  onAgain,
}: {
  readonly told: WhatIf;
  /** Ids of the counted jobs, in the order of `fits`. */
  readonly counted: readonly string[];
  readonly names: ReadonlyMap<string, string>;
  readonly busy: boolean;
  /** The latest position when the response arrived. Undefined if the page shows the past. */
  readonly head: string | undefined;
  readonly onAgain: () => void;
}): ReactNode {
  const { sums, moves, placed, stopped, blocked, unblocked, nodes, fits, left_out } = told;
  const [first, ...others] = sentencesOf(told, counted);
  const node = (id: string): ReactNode => <NodeName id={id} names={names} />;
  return (
    <section className={css['answer']} aria-label="Answer" aria-busy={busy}>
      <div
        className={css['sentence']}
        data-tone={sums.blocked > 0 ? 'waits' : sums.moves + sums.placed + sums.stopped > 0 ? 'moves' : ''}
      >
        <p role="status">
          <strong>{first}</strong> {others.join(' ')}
        </p>
        <p className="muted">
          {reachOf(told)}{' '}
          {sums.later === 0
            ? null
            : `${grouped(sums.later)} ${sums.later === 1 ? 'instance' : 'instances'} would not be placed again until later.`}
        </p>
        <Basis told={told} head={head} onAgain={onAgain} />
      </div>
      {fits.map(({ task_group: group, reason }, place) =>
        group === undefined || reason === undefined ? null : (
          <section key={place} className={css['part']} aria-label={`One more ${counted[place] ?? ''}`}>
            <h2>
              One more job like <Name text={counted[place] ?? ''} /> would not fit
            </h2>
            <ul>
              {reasonWords(reason).map((words) => (
                <li key={words}>
                  Group <Name text={group} />: <Name text={words} />
                </li>
              ))}
            </ul>
          </section>
        ),
      )}
      <Part title="The whole cluster" headings={['', 'Before', 'After', 'Change']} all={0}>
        {sumsOf(told).map(({ label, before, after, change }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td className={css['old']}>{before}</td>
            <td>{after}</td>
            <td>{change === '' ? <span className="muted">same</span> : change}</td>
          </tr>
        ))}
      </Part>
      <Part
        title="Waiting"
        headings={['Job', 'Group', 'Waiting', 'Why']}
        rows={blocked.length}
        all={sums.blocked}
      >
        {blocked.map(({ job_id, task_group, before, after, reason }) => (
          <tr key={`${job_id} ${task_group}`}>
            <Job id={job_id} group={task_group} />
            <td>
              <Change before={before} after={after} />
            </td>
            <td className="wide">
              <Name text={reason === undefined ? '–' : reasonWords(reason).join('; ')} />
            </td>
          </tr>
        ))}
      </Part>
      <Part
        title="Moved"
        headings={['Job', 'Group', 'Instance', 'From', 'To']}
        rows={moves.length}
        all={sums.moves}
      >
        {moves.map(({ allocation_id, job_id, task_group, slot, from, to }) => (
          <tr key={allocation_id}>
            <Job id={job_id} group={task_group} />
            <td>{slot}</td>
            <td className={css['old']}>{node(from)}</td>
            <td>
              <span aria-hidden="true">→ </span>
              {node(to)}
            </td>
          </tr>
        ))}
      </Part>
      <Part
        title="Placed"
        headings={['Job', 'Group', 'Instance', 'To']}
        rows={placed.length}
        all={sums.placed}
      >
        {placed.map(({ job_id, task_group, slot, to }) => (
          <tr key={`${job_id} ${task_group} ${slot}`}>
            <Job id={job_id} group={task_group} />
            <td>{slot}</td>
            <td>{node(to)}</td>
          </tr>
        ))}
      </Part>
      <Part
        title="Stopped"
        headings={['Job', 'Group', 'Instance', 'From']}
        rows={stopped.length}
        all={sums.stopped}
      >
        {stopped.map(({ allocation_id, job_id, task_group, slot, from }) => (
          <tr key={allocation_id}>
            <Job id={job_id} group={task_group} />
            <td>{slot}</td>
            <td>{node(from)}</td>
          </tr>
        ))}
      </Part>
      <Part
        title="No longer waiting"
        headings={['Job', 'Group', 'Waiting']}
        rows={unblocked.length}
        all={sums.unblocked}
      >
        {unblocked.map(({ job_id, task_group, before, after }) => (
          <tr key={`${job_id} ${task_group}`}>
            <Job id={job_id} group={task_group} />
            <td>
              <Change before={before} after={after} />
            </td>
          </tr>
        ))}
      </Part>
      <Part
        title="Changed nodes"
        headings={['Node', 'Status', 'Allocations', 'CPU used', 'Memory used', 'GPUs used']}
        rows={nodes.length}
        all={sums.nodes}
      >
        {nodes.map(({ node_id, before, after }) => (
          <tr key={node_id}>
            <th scope="row">{node(node_id)}</th>
            {USES.map(([field, format]) => (
              <td key={field}>
                <Change before={of(before, field, format)} after={of(after, field, format)} />
              </td>
            ))}
          </tr>
        ))}
      </Part>
      <section className={css['part']} aria-label="Not considered">
        <h2>Not considered</h2>
        <ul>
          {left_out.map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
      </section>
    </section>
  );
}

const USES: readonly (readonly [keyof NodeUse, (amount: number) => string])[] = [
  ['status', String],
  ['allocations', grouped],
  ['cpu', grouped],
  ['memory', bytes],
  ['gpus', grouped],
];

function of(use: NodeUse | null, field: keyof NodeUse, format: (amount: number) => string): string {
  if (use === null) return '–';
  const value = use[field];
  return typeof value === 'number' ? format(value) : value;
}

/** Shows the position on which the answer is based, and whether events have been recorded since. */
function Basis({
  told,
  head,
  onAgain,
}: {
  readonly told: WhatIf;
  readonly head: string | undefined;
  readonly onAgain: () => void;
}): ReactNode {
  const { position } = useFeed();
  const since = sinceOf(told);
  const moved = head !== undefined && position !== undefined && position !== head;
  return (
    <p className="muted">
      As of{' '}
      {told.basis === null ? (
        'an empty log'
      ) : (
        <>
          event #{grouped(told.basis)}, <When at={told.at} position={told.basis} />
        </>
      )}
      .{' '}
      {since ??
        (moved ? 'New events have been recorded since the answer.' : 'No events have been recorded since.')}
      {moved ? (
        <>
          {' '}
          <button type="button" className="button" onClick={onAgain}>
            Ask again
          </button>
        </>
      ) : null}
    </p>
  );
}

function NodeName({
  id,
  names,
}: {
  readonly id: string;
  readonly names: ReadonlyMap<string, string>;
}): ReactNode {
  const label = nodeLabel(id, names);
  return isAdded(id) ? <Name text={label} mono /> : <ObjectLink kind="node" id={id} label={label} mono />;
}

function Job({ id, group }: { readonly id: string; readonly group: string }): ReactNode {
  return (
    <>
      <th scope="row">
        <ObjectLink kind="job" id={id} />
      </th>
      <td>
        <Name text={group} />
      </td>
    </>
  );
}

function Change({
  before,
  after,
}: {
  readonly before: string | number;
  readonly after: string | number;
}): ReactNode {
  if (before === after) return <span className="muted">{before}</span>;
  return (
    <>
      <span className={css['old']}>{before}</span> <span aria-hidden="true">→</span>
      <span className="hidden-visually">becomes</span> {after}
    </>
  );
}

const SCROLLED = `scroll ${css['table'] ?? ''}`;

/** A table with a title. Renders nothing for an empty list. */
function Part({
  title,
  headings,
  rows = 1,
  all,
  children,
}: {
  readonly title: string;
  readonly headings: readonly string[];
  readonly rows?: number;
  /** Length of the whole list. The response may contain only its first rows. */
  readonly all: number;
  readonly children: ReactNode;
}): ReactNode {
  if (rows === 0) return null;
  return (
    <section className={css['part']} aria-label={title}>
      <h2>
        {title}
        {all > rows ? (
          <span className="muted">
            {' '}
            · {grouped(rows)} of {grouped(all)} are shown
          </span>
        ) : null}
      </h2>
      {/* Focusable, so it can be scrolled with the keyboard. */}
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <div className={SCROLLED} tabIndex={0} role="group" aria-label={`Table: ${title}`}>
        <table className="grid">
          <thead>
            <tr>
              {headings.map((heading) =>
                heading === '' ? (
                  <td key={heading} />
                ) : (
                  <th key={heading} scope="col">
                    {heading}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </div>
    </section>
  );
}
