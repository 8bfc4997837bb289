import { lazy, type ReactNode } from 'react';
import type { EnvironmentRow } from '../../api/types.js';
import { List } from '../../app/list.js';
import { ObjectLink, pathOf } from '../../app/object-link.js';
import { PlainDetail } from '../../app/plain-detail.js';
import { When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { Status } from '../../parts/status/status.js';
import type { Column } from '../../parts/table/columns.js';
import { environmentActions } from './actions.js';

const Builds = lazy(async () => ({ default: (await import('./builds.js')).Builds }));
const Generations = lazy(async () => ({ default: (await import('./generations.js')).Generations }));

const COLUMNS: readonly Column<EnvironmentRow>[] = [
  {
    id: 'name',
    title: 'Environment',
    width: 'minmax(160px, 2fr)',
    sort: 'name',
    cell: ({ id, name }) => <ObjectLink kind="environment" id={id} label={name} />,
  },
  {
    id: 'status',
    title: 'Status',
    width: '110px',
    sort: 'status',
    cell: ({ status }) => <Status value={status} />,
  },
  {
    id: 'generation',
    title: 'Generation',
    width: '90px',
    align: 'end',
    cell: ({ generation }) => generation ?? '–',
  },
  { id: 'packages', title: 'Packages', width: '80px', align: 'end', cell: ({ packages }) => packages ?? '–' },
  {
    id: 'build',
    title: 'Last build',
    width: 'minmax(140px, 1fr)',
    cell: ({ last_build }) =>
      last_build === null ? <span className="muted">–</span> : <Status value={last_build.status} />,
  },
  { id: 'built', title: 'Built', width: '100px', cell: ({ last_build }) => <When at={last_build?.at} /> },
  {
    id: 'owner',
    title: 'Owner',
    width: '100px',
    sort: 'owner',
    cell: ({ owner }) => <Name text={owner ?? '–'} />,
  },
];

export function EnvironmentsPage(): ReactNode {
  return (
    <List<EnvironmentRow>
      command={['env', 'list']}
      path="/console/api/environments"
      title="Environments"
      noun={['environment', 'environments']}
      columns={COLUMNS}
      rowKey={({ id }) => id}
      open={({ id }) => pathOf('environment', id) ?? '/'}
      kinds={['environment']}
      empty={
        <>
          Create one: <code>muster env create</code>
        </>
      }
    />
  );
}

export function EnvironmentPage(): ReactNode {
  return (
    <PlainDetail
      kind="environment"
      path="/console/api/environments"
      explained="environments"
      command={({ id, name }) => ['env', 'show', name ?? String(id)]}
      actions={environmentActions}
      tabs={({ id, name = '' }) => [
        {
          id: 'builds',
          title: 'Builds',
          content: () => <Builds id={String(id)} name={name} />,
        },
        {
          id: 'generations',
          title: 'Generations',
          content: () => <Generations id={String(id)} name={name} />,
        },
      ]}
    />
  );
}
