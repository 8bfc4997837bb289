import type { ReactNode } from 'react';
import type { components } from '../../generated/cluster.js';
import { Section } from '../../app/detail.js';
import { ObjectLink, short } from '../../app/object-link.js';
import { useSetSearch } from '../../moment/in-url.js';
import { Took, When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { Empty } from '../../parts/states/states.js';
import { Grid } from '../../parts/table/grid.js';
import { Status } from '../../parts/status/status.js';

type Job = components['schemas']['Job'];
type Allocation = Job['allocations'][number];

/** The instances of each group, newest first, each linked to its log. */
export function Groups({ job }: { readonly job: Job }): ReactNode {
  return job.task_groups.map(({ name, count }) => {
    const own = job.allocations.filter(({ task_group }) => task_group === name).toReversed();
    const running = own.filter(({ status }) => status === 'running').length;
    return (
      <Section key={name} title={`Group ${name}: ${running} of ${count ?? 1} running`}>
        {own.length === 0 ? <Empty title="No allocations yet" /> : <Allocations allocations={own} />}
      </Section>
    );
  });
}

function Allocations({ allocations }: { readonly allocations: readonly Allocation[] }): ReactNode {
  const setSearch = useSetSearch();
  return (
    <Grid titles={['Allocation', 'Status', 'Node', 'Started', 'Duration', 'Outcome', 'Log']}>
      {allocations.map(({ allocation_id, status, node_id, start_time, end_time, message }) => (
        <tr key={allocation_id}>
          <td>
            <ObjectLink kind="allocation" id={allocation_id} label={short(allocation_id)} mono />
          </td>
          <td>
            <Status value={status} />
          </td>
          <td>
            {node_id === undefined ? (
              '–'
            ) : (
              <ObjectLink kind="node" id={node_id} label={short(node_id)} mono quiet />
            )}
          </td>
          <td>
            <When at={time(start_time)} />
          </td>
          <td>
            <Took from={time(start_time)} to={time(end_time)} />
          </td>
          <td className="wide">
            {message === undefined ? <span className="muted">–</span> : <Name text={message} />}
          </td>
          <td>
            <button
              type="button"
              className="button"
              aria-label={`Log of ${short(allocation_id)}`}
              onClick={() => setSearch({ tab: 'logs', allocation: allocation_id })}
            >
              Log
            </button>
          </td>
        </tr>
      ))}
    </Grid>
  );
}

/** The cluster's API uses seconds since the epoch. */
function time(seconds: number | null | undefined): string | null {
  return seconds === null || seconds === undefined ? null : new Date(seconds * 1000).toISOString();
}
