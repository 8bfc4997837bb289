import type { ReactNode } from 'react';
import { Account } from '../../app/account.js';
import { Catalog } from '../../app/catalog.js';
import { CatalogDetail } from '../../app/catalog-detail.js';
import { CHANGED_COLUMNS } from '../../app/changed-columns.js';
import { ObjectLink, pathOf } from '../../app/object-link.js';
import type { components } from '../../generated/tasks.js';
import { When } from '../../moment/when.js';
import type { Column } from '../../parts/table/columns.js';
import { SecretTabs } from './tabs.js';

/** The API never returns the value of a secret. */
type Secret = components['schemas']['Secret'];

const COLUMNS: readonly Column<Secret>[] = [
  {
    id: 'name',
    title: 'Secret',
    width: 'minmax(160px, 2fr)',
    sort: 'name',
    cell: ({ name }) => <ObjectLink kind="secret" id={name} />,
  },
  {
    id: 'version',
    title: 'Version',
    width: '80px',
    align: 'end',
    sort: 'version',
    cell: ({ version }) => version,
  },
  ...CHANGED_COLUMNS,
  {
    id: 'created_at',
    title: 'Created',
    width: '100px',
    sort: 'created_at',
    cell: ({ created_at }) => <When at={created_at} />,
  },
];

/** The API's maximum page size. */
const PAGE_ROWS = 100;

export function SecretsPage(): ReactNode {
  return (
    <>
      <SecretTabs />
      <Catalog<Secret>
        command={['secret', 'list']}
        title="Secrets"
        noun={['secret', 'secrets']}
        columns={COLUMNS}
        rowKey={({ name }) => name}
        open={({ name }) => pathOf('secret', name) ?? '/'}
        path={(page) => `/api/secrets?page=${page}&size=${PAGE_ROWS}`}
        rows={({ data }: { readonly data: readonly Secret[] }) => data}
        pageRows={PAGE_ROWS}
        empty={
          <>
            Set one: <code>muster secret set NAME</code>
          </>
        }
      />
    </>
  );
}

export function SecretPage(): ReactNode {
  return (
    <CatalogDetail<Secret>
      kind="secret"
      path={(id) => `/api/secrets/${encodeURIComponent(id)}`}
      row={({ data }: { readonly data: Secret }) => data}
      title={({ name }) => name}
      facts={({ version, updated_by, updated_at }) => [
        ['Version', version],
        ['Changed by', <Account key="by" id={updated_by} />],
        ['Changed', <When key="changed" at={updated_at} />],
      ]}
      command={() => ['secret', 'list']}
    />
  );
}
