import type { ReactNode } from 'react';
import { Catalog } from '../../app/catalog.js';
import { CatalogDetail } from '../../app/catalog-detail.js';
import { CHANGED_COLUMNS } from '../../app/changed-columns.js';
import { ObjectLink, pathOf } from '../../app/object-link.js';
import type { components } from '../../generated/services.js';
import { Name } from '../../parts/name/name.js';
import type { Column } from '../../parts/table/columns.js';
import { SecretTabs } from './tabs.js';

type Registry = components['schemas']['RegistryCredential'];
type Registries = components['schemas']['RegistryList'];

const PATH = '/api/v1/registries';

const COLUMNS: readonly Column<Registry>[] = [
  {
    id: 'host',
    title: 'Registry',
    width: 'minmax(160px, 2fr)',
    sort: 'host',
    cell: ({ host }) => <ObjectLink kind="registry" id={host} />,
  },
  {
    id: 'username',
    title: 'Username',
    width: 'minmax(120px, 1fr)',
    sort: 'username',
    cell: ({ username }) => <Name text={username} />,
  },
  ...CHANGED_COLUMNS,
];

export function RegistriesPage(): ReactNode {
  return (
    <>
      <SecretTabs />
      <Catalog<Registry>
        command={['registry', 'list']}
        title="Registries"
        noun={['registry', 'registries']}
        columns={COLUMNS}
        rowKey={({ host }) => host}
        open={({ host }) => pathOf('registry', host) ?? '/'}
        path={() => PATH}
        rows={({ registries }: Registries) => registries}
        empty={
          <>
            Set a credential: <code>muster registry login HOST</code>
          </>
        }
      />
    </>
  );
}

export function RegistryPage(): ReactNode {
  return (
    <CatalogDetail<Registry>
      kind="registry"
      path={() => PATH}
      row={({ registries }: Registries, id) => registries.find(({ host }) => host === id)}
      title={({ host }) => host}
      facts={({ username }) => [['Username', <Name key="username" text={username} />]]}
      command={() => ['registry', 'list']}
    />
  );
}
