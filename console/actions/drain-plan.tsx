import type { ReactNode } from 'react';
import type { components } from '../generated/cluster.js';
import { short } from '../app/object-link.js';
import { Name } from '../parts/name/name.js';
import { usePlan } from './use-plan.js';
import css from './actions.module.css';

type WhatIf = components['schemas']['WhatIf'];
const SHOWN = 8;

/** Shows what a drain would move and what would then have to wait. The server plans the drain on a copy of the cluster. */
export function DrainPlan({ node }: { readonly node: string }): ReactNode {
  const { data, error } = usePlan<WhatIf>('/what-if', { changes: [{ drain: node }] });
  if (data === undefined)
    return (
      <p role="status" className="muted">
        {error === null ? 'Planning the drain …' : `Planning failed: ${error.message}`}
      </p>
    );
  const { moves, blocked, sums, settled } = data;
  // `sums.blocked` counts groups, but several instances of a group may have to wait.
  const waiting = blocked.reduce((sum, { before, after }) => sum + after - before, 0);
  return (
    <section className={css['plan']} aria-label="Plan">
      <p>
        {sums.moves === 0 && sums.blocked === 0
          ? 'Nothing would move.'
          : `${sums.moves} ${sums.moves === 1 ? 'allocation' : 'allocations'} would move, and ${waiting} would have to wait.`}
        {settled ? '' : ' The plan is incomplete because planning reached its limit.'}
      </p>
      {blocked.length + moves.length === 0 ? null : (
        <ul>
          {blocked.slice(0, SHOWN).map(({ job_id, task_group, before, after }) => (
            <li key={`${job_id} ${task_group}`}>
              <Name text={job_id} />, group <Name text={task_group} />: {after - before} would wait
            </li>
          ))}
          {moves.slice(0, SHOWN).map(({ allocation_id, job_id, task_group, to }) => (
            <li key={allocation_id}>
              <Name text={job_id} />, group <Name text={task_group} />: to node{' '}
              <span className="mono">{short(to)}</span>
            </li>
          ))}
          {Math.max(blocked.length - SHOWN, 0) + Math.max(moves.length - SHOWN, 0) > 0 ? (
            <li>and more</li>
          ) : null}
        </ul>
      )}
    </section>
  );
}
