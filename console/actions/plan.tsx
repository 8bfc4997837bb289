import type { ReactNode } from 'react';
import type { components } from '../generated/cluster.js';
import { ObjectLink, short } from '../app/object-link.js';
import { Name } from '../parts/name/name.js';
import css from './plan.module.css';

type JobPlan = components['schemas']['JobPlan'];
type Group = JobPlan['groups'][number];

interface PlanProps extends Pick<JobPlan, 'changes' | 'groups'> {
  /** One sentence that says what would happen. */
  readonly children: ReactNode;
}

/** Shows what would change, and where each instance would be placed. */
export function Plan({ children, changes, groups }: PlanProps): ReactNode {
  return (
    <section className={css['plan']} aria-label="Plan">
      <h2 role="status">{children}</h2>
      {changes.length === 0 ? null : (
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Current</th>
              <th scope="col">Planned</th>
            </tr>
          </thead>
          <tbody>
            {changes.map(({ path, before, after }) => (
              <tr key={path}>
                <th scope="row">
                  <Name text={path} mono />
                </th>
                <td className="wide">
                  <Value text={before} />
                </td>
                <td className="wide">
                  <Value text={after} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {groups.map((group) => (
        <GroupPlan key={group.task_group} group={group} />
      ))}
    </section>
  );
}

function Value({ text }: { readonly text: string | null }): ReactNode {
  return text === null ? <span className="muted">–</span> : <Name text={text} mono />;
}

function GroupPlan({ group }: { readonly group: Group }): ReactNode {
  const { task_group, placed, stopped, kept, unplaced, placements, nodes } = group;
  const refused = nodes.filter(({ verdict }) => verdict === 'filtered' || verdict === 'exhausted');
  return (
    <section className={css['group']} aria-label={`Group ${task_group}`}>
      <h3>
        Group <Name text={task_group} />
      </h3>
      <p>{sentence({ placed, stopped, kept, unplaced })}</p>
      {placements.length === 0 ? null : (
        <ul>
          {placements.map(({ slot, node_id, after_stops }) => (
            <li key={slot}>
              Instance {slot} on <PlannedNode id={node_id} />
              {after_stops ? ', once other instances have stopped' : ''}
            </li>
          ))}
        </ul>
      )}
      {unplaced === 0 || refused.length === 0 ? null : (
        <ul>
          {refused.map(({ node_id, reason }) => (
            <li key={node_id}>
              <PlannedNode id={node_id} />: {reason ?? 'does not fit'}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** Only administrators see which node it is. Others see `#1`, `#2` and so on, which have no page. */
function PlannedNode({ id }: { readonly id: string }): ReactNode {
  return id.startsWith('#') ? `node ${id}` : <ObjectLink kind="node" id={id} label={short(id)} />;
}

function sentence({
  placed,
  stopped,
  kept,
  unplaced,
}: Readonly<Record<'placed' | 'stopped' | 'kept' | 'unplaced', number>>): string {
  const parts = [
    [placed, 'placed'],
    [stopped, 'stopped'],
    [kept, 'kept'],
    [unplaced, 'without a suitable node'],
  ] as const;
  const said = parts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  return said.length === 0 ? 'No instances change.' : `Instances: ${said.join(', ')}.`;
}
