import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { NodeRow, Page } from '../../api/types.js';
import { AllocationList } from '../../app/allocation-list.js';
import { Detail, Section } from '../../app/detail.js';
import { useRights } from '../../app/rights.js';
import { useRead } from '../../moment/use-read.js';
import { When } from '../../moment/when.js';
import { Gauge } from '../../parts/gauge/gauge.js';
import { Name } from '../../parts/name/name.js';
import { Missing } from '../../parts/states/states.js';
import { Status } from '../../parts/status/status.js';
import { bytes } from '../../parts/time/format.js';
import { WhyPanel } from '../../why/panel.js';
import { Since } from '../../why/since.js';
import { NodeEvents } from '../../app/events/filtered.js';
import { nodeActions } from './actions.js';
import { stateOf } from './state.js';

export function NodePage(): ReactNode {
  const { id } = useParams({ strict: false }) as { readonly id: string };
  const subjects = [`node:${id}`];
  const path = `/console/api/nodes?${new URLSearchParams({ filter: `id:${id}`, limit: '1' }).toString()}`;
  const { data, error, refetch, isPlaceholderData } = useRead<Page<NodeRow>>(path, {
    subjects: [...subjects, 'allocation'],
  });
  const { cluster, whatIf } = useRights();
  const node = data?.body.rows[0];
  const state = node === undefined ? '' : stateOf(node);
  const missing = (
    <Missing what="node" answered={data !== undefined} error={error} retry={() => void refetch()} />
  );
  return (
    <Detail
      subject={`node:${id}`}
      busy={isPlaceholderData}
      actions={node !== undefined && cluster ? nodeActions(node) : []}
      links={
        node !== undefined && whatIf ? (
          <Link
            to={'/what-if' as '/'}
            search={((former: Record<string, unknown>) => ({ at: former['at'], drain: id })) as never}
            className="button"
          >
            What if this node is drained?
          </Link>
        ) : null
      }
      command={['node', 'status', id]}
      json={path}
      title={<Name text={node === undefined || node.name === '' ? id : node.name} />}
      facts={
        node === undefined
          ? []
          : [
              ['Status', <Status key="status" value={state} />],
              ['Since', <Since key="since" kind="nodes" id={id} subjects={subjects} />],
              ['CPU', <Gauge key="cpu" {...node.cpu} />],
              ['Memory', <Gauge key="memory" {...node.memory} format={bytes} />],
              ['GPUs', <Gauge key="gpus" {...node.gpus} />],
              ['Registered', <When key="registered" at={node.since} />],
            ]
      }
      why={<WhyPanel kind="nodes" id={id} subjects={subjects} status={state} />}
      tabs={
        node === undefined
          ? [{ id: 'node', title: 'Node', content: () => missing }]
          : [
              {
                id: 'allocations',
                title: 'Allocations',
                content: () => <AllocationList only={`node:${id}`} />,
              },
              { id: 'activity', title: 'Activity', content: () => <NodeEvents id={id} /> },
              { id: 'attributes', title: 'Attributes', content: () => <Attributes labels={node.labels} /> },
            ]
      }
    />
  );
}

function Attributes({ labels }: { readonly labels: NodeRow['labels'] }): ReactNode {
  return (
    <Section title="Attributes detected by the agent">
      <table className="grid">
        <tbody>
          {Object.entries(labels).map(([name, value]) => (
            <tr key={name}>
              <th scope="row">
                <Name text={name} mono />
              </th>
              <td className="wide">
                <Name text={String(value)} mono />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}
