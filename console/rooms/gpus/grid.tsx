import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ClaimRow, NodeRow, Page } from '../../api/types.js';
import { useAllNodes } from '../../app/all-nodes.js';
import { ObjectLink, pathOf, short } from '../../app/object-link.js';
import { useRead } from '../../moment/use-read.js';
import { Empty, Failed, Loading } from '../../parts/states/states.js';
import css from './grid.module.css';
import { holdersOf, type Holder } from './holders.js';

/** The server's maximum page size. */
const MOST_CLAIMS = 200;

/** Shows the GPUs of each node as squares: which claim or job holds each GPU, and which GPUs are free. */
export function GpuGrid(): ReactNode {
  const { nodes, total, error, busy, retry } = useAllNodes();
  const claims = useRead<Page<ClaimRow>>(
    `/console/api/claims?${new URLSearchParams({ filter: 'phase:running', limit: String(MOST_CLAIMS) }).toString()}`,
    { subjects: ['claim'] },
  );
  if (error !== undefined) return <Failed error={error} retry={retry} />;
  if (claims.error !== null && claims.data === undefined)
    return <Failed error={claims.error} retry={() => void claims.refetch()} />;
  if (total === undefined || claims.data === undefined) return <Loading what="GPUs" />;
  const equipped = nodes.filter(({ gpus }) => gpus.total > 0);
  if (equipped.length === 0)
    return <Empty title="No node has GPUs">Agents report the GPUs that nvidia-smi lists.</Empty>;
  const sum = (of: 'total' | 'used'): number => equipped.reduce((count, { gpus }) => count + gpus[of], 0);
  return (
    <div className={css['grid']} aria-busy={busy}>
      <p role="status">
        {sum('used')} of {sum('total')} GPUs are allocated
      </p>
      <ul className={css['nodes']} aria-label="GPUs per node">
        {equipped.map((node) => (
          <GpusOf key={node.id} node={node} claims={claims.data.body.rows} />
        ))}
      </ul>
      <ul className={css['squares']} aria-label="Colours">
        {LEGEND.map(([kind, words]) => (
          <li key={kind} className={css['legend']}>
            <span className={css['square']} data-kind={kind} aria-hidden="true" /> {words}
          </li>
        ))}
      </ul>
    </div>
  );
}

const LEGEND: readonly (readonly [kind: Holder['kind'], words: string])[] = [
  ['claim', 'held by a claim'],
  ['job', 'held by a job'],
  ['free', 'free'],
];

function GpusOf({
  node,
  claims,
}: {
  readonly node: NodeRow;
  readonly claims: readonly ClaimRow[];
}): ReactNode {
  return (
    <li>
      <ObjectLink kind="node" id={node.id} label={short(node.name === '' ? node.id : node.name)} />{' '}
      <span className="muted">
        {node.gpus.used} of {node.gpus.total}
      </span>
      <ul className={css['squares']} aria-label={`GPUs of ${node.name}`}>
        {holdersOf(node, claims).map((holder, place) => (
          <Square key={place} of={holder} />
        ))}
      </ul>
    </li>
  );
}

function Square({ of: { kind, id, words } }: { readonly of: Holder }): ReactNode {
  const to = id === undefined ? undefined : pathOf('claim', id);
  return (
    <li>
      {to === undefined ? (
        <span className={css['square']} data-kind={kind} role="img" aria-label={words} title={words} />
      ) : (
        <Link
          to={to as '/'}
          search={((former: Record<string, unknown>) => ({ at: former['at'] })) as never}
          className={css['square']}
          data-kind={kind}
          aria-label={words}
          title={words}
        />
      )}
    </li>
  );
}
