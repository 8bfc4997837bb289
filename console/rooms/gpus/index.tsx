import { lazy, Suspense, type ReactNode } from 'react';
import { Actions } from '../../actions/actions.js';
import type { ClaimRow } from '../../api/types.js';
import { FollowedLog } from '../../app/followed-log.js';
import { List } from '../../app/list.js';
import css from '../../app/list.module.css';
import { ObjectLink, pathOf, short } from '../../app/object-link.js';
import { PlainDetail } from '../../app/plain-detail.js';
import { ViewButton } from '../../app/view-button.js';
import { useRights } from '../../app/rights.js';
import { useSearch } from '../../moment/in-url.js';
import { When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { Loading } from '../../parts/states/states.js';
import { Status } from '../../parts/status/status.js';
import type { Column } from '../../parts/table/columns.js';
import { CLAIM, claimActions } from './actions.js';

const GpuGrid = lazy(async () => ({ default: (await import('./grid.js')).GpuGrid }));
/** Name of the view in the URL. */
const GRID = 'grid';
const TAIL = 10_000;

const COLUMNS: readonly Column<ClaimRow>[] = [
  {
    id: 'id',
    title: 'Claim',
    width: 'minmax(120px, 1fr)',
    sort: 'id',
    cell: ({ id }) => <ObjectLink kind="claim" id={id} label={short(id)} mono />,
  },
  {
    id: 'phase',
    title: 'Phase',
    width: '110px',
    sort: 'phase',
    cell: ({ phase }) => <Status value={phase} />,
  },
  { id: 'gpus', title: 'GPUs', width: '60px', align: 'end', sort: 'gpus', cell: ({ gpus }) => gpus },
  {
    id: 'node',
    title: 'Node',
    width: '140px',
    sort: 'node',
    cell: ({ node }) => <Name text={node ?? '–'} />,
  },
  {
    id: 'owner',
    title: 'Owner',
    width: '100px',
    sort: 'owner',
    cell: ({ owner }) => <Name text={owner ?? '–'} />,
  },
  { id: 'since', title: 'Since', width: '100px', sort: 'since', cell: ({ since }) => <When at={since} /> },
  {
    id: 'waits',
    title: 'Why it is waiting',
    width: 'minmax(160px, 3fr)',
    cell: ({ waits }) => <Name text={waits ?? '–'} />,
  },
];

export function ClaimsPage(): ReactNode {
  const { tenant } = useRights();
  if (useSearch()['view'] === GRID)
    return (
      <section className={css['list']} aria-label="GPUs">
        <div className={css['tools']}>
          <ViewButton view={GRID} title="Grid" />
        </div>
        <Suspense fallback={<Loading what="GPUs" />}>
          <GpuGrid />
        </Suspense>
      </section>
    );
  return (
    <List<ClaimRow>
      command={['claim', 'list']}
      path="/console/api/claims"
      title="GPU claims"
      noun={['claim', 'claims']}
      columns={COLUMNS}
      rowKey={({ id }) => id}
      open={({ id }) => pathOf('claim', id) ?? '/'}
      kinds={['claim']}
      actions={
        <>
          {tenant ? <Actions actions={[CLAIM]} /> : null}
          <ViewButton view={GRID} title="Grid" />
        </>
      }
      empty={
        <>
          Claim GPUs: <code>muster claim create</code>
        </>
      }
    />
  );
}

export function ClaimPage(): ReactNode {
  return (
    <PlainDetail
      kind="claim"
      path="/console/api/claims"
      explained="claims"
      command={({ id }) => ['claim', 'status', String(id)]}
      actions={claimActions}
      tabs={({ id }) => [
        {
          id: 'logs',
          title: 'Logs',
          content: () => (
            <FollowedLog
              label={`Log of ${short(String(id))}`}
              path={`/api/gpu-claims/${encodeURIComponent(String(id))}/logs?follow=true&tail=${TAIL}`}
            />
          ),
        },
      ]}
    />
  );
}
