import type { ReactNode } from 'react';
import { Catalog } from '../../app/catalog.js';
import { CatalogDetail } from '../../app/catalog-detail.js';
import { ObjectLink, pathOf } from '../../app/object-link.js';
import type { components } from '../../generated/gpu.js';
import { When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { Status } from '../../parts/status/status.js';
import type { Column } from '../../parts/table/columns.js';

type Account = components['schemas']['User'];

const COLUMNS: readonly Column<Account>[] = [
  {
    id: 'username',
    title: 'Account',
    width: 'minmax(160px, 2fr)',
    sort: 'username',
    cell: ({ id, username }) => <ObjectLink kind="account" id={id} label={username} />,
  },
  {
    id: 'status',
    title: 'Status',
    width: '110px',
    sort: 'active',
    cell: ({ active, erased }) => <Status value={erased ? 'erased' : active ? 'active' : 'inactive'} />,
  },
  { id: 'role', title: 'Role', width: '120px', sort: 'role', cell: ({ role }) => <Name text={role} /> },
  {
    id: 'execute',
    title: 'Can run processes',
    width: '120px',
    sort: 'execute',
    cell: ({ execute, role }) => (execute || role === 'admin' ? 'yes' : 'no'),
  },
  {
    id: 'email',
    title: 'Email',
    width: 'minmax(140px, 1fr)',
    sort: 'email',
    cell: ({ email }) => <Name text={email ?? '–'} />,
  },
  {
    id: 'tenant',
    title: 'Tenant',
    width: '110px',
    sort: 'tenant_id',
    cell: ({ tenant_id }) => <Name text={tenant_id.slice(0, 8)} mono />,
  },
  {
    id: 'created',
    title: 'Created',
    width: '100px',
    sort: 'created_at',
    cell: ({ created_at }) => <When at={time(created_at)} />,
  },
];

/** Lists as of a moment have at most this many rows. */
const MOST_ROWS = 1000;

export function AccountsPage(): ReactNode {
  return (
    <Catalog<Account>
      command={['user', 'list']}
      title="Accounts"
      noun={['account', 'accounts']}
      columns={COLUMNS}
      rowKey={({ id }) => id}
      open={({ id }) => pathOf('account', id) ?? '/'}
      path={() => `/api/auth/users?limit=${MOST_ROWS}`}
      pageRows={MOST_ROWS}
      pages={1}
      rows={({ users }: { readonly users: readonly Account[] }) => users}
      kinds={['account']}
      empty={
        <>
          Create one: <code>muster user create NAME</code>
        </>
      }
    />
  );
}

export function AccountPage(): ReactNode {
  return (
    <CatalogDetail<Account>
      kind="account"
      path={(id) => `/api/auth/users/${encodeURIComponent(id)}`}
      row={(body: Account) => body}
      title={({ username }) => username}
      facts={({ role, active, created_at }) => [
        ['Status', <Status key="status" value={active ? 'active' : 'inactive'} />],
        ['Role', role],
        ['Created', <When key="created" at={time(created_at)} />],
      ]}
      command={() => ['user', 'list']}
    />
  );
}

function time(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
