import type { ReactNode } from 'react';
import { Catalog } from '../../app/catalog.js';
import { CatalogDetail } from '../../app/catalog-detail.js';
import { ObjectLink, pathOf, short } from '../../app/object-link.js';
import type { components } from '../../generated/services.js';
import { When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { Status } from '../../parts/status/status.js';
import type { Column } from '../../parts/table/columns.js';

type Volume = components['schemas']['Volume'];

const COLUMNS: readonly Column<Volume>[] = [
  {
    id: 'name',
    title: 'Volume',
    width: 'minmax(140px, 2fr)',
    sort: 'name',
    cell: ({ id, name }) => <ObjectLink kind="volume" id={id} label={name} />,
  },
  {
    id: 'status',
    title: 'Status',
    width: '110px',
    sort: 'status',
    cell: ({ status }) => <Status value={status} />,
  },
  {
    id: 'service',
    title: 'Service',
    width: 'minmax(120px, 1fr)',
    sort: 'service_name',
    cell: ({ service_id, service_name }) => (
      <ObjectLink kind="service" id={service_id} label={service_name} quiet />
    ),
  },
  {
    id: 'node',
    title: 'Node',
    width: '100px',
    sort: 'node_id',
    cell: ({ node_id }) => <ObjectLink kind="node" id={node_id} label={short(node_id)} mono quiet />,
  },
  {
    id: 'waits',
    title: 'Deletion waiting for',
    width: 'minmax(120px, 1fr)',
    cell: ({ waits_for }) => <Name text={waits_for ?? '–'} />,
  },
  {
    id: 'created',
    title: 'Created',
    width: '100px',
    sort: 'created_at',
    cell: ({ created_at }) => <When at={created_at} />,
  },
];

/** Lists as of a moment have at most this many rows. */
const MOST_ROWS = 1000;

export function VolumesPage(): ReactNode {
  return (
    <Catalog<Volume>
      command={['volume', 'list']}
      title="Volumes"
      noun={['volume', 'volumes']}
      columns={COLUMNS}
      rowKey={({ id }) => id}
      open={({ id }) => pathOf('volume', id) ?? '/'}
      path={() => `/api/v1/volumes?limit=${MOST_ROWS}`}
      pageRows={MOST_ROWS}
      pages={1}
      rows={({ volumes }: { readonly volumes: readonly Volume[] }) => volumes}
      kinds={['service']}
      empty="To create one, add a volume to the configuration of a service."
    />
  );
}

export function VolumePage(): ReactNode {
  return (
    <CatalogDetail<Volume>
      kind="volume"
      path={(id) => `/api/v1/volumes/${encodeURIComponent(id)}`}
      row={(body: Volume) => body}
      title={({ name }) => name}
      facts={({ status, service_id, service_name, node_id }) => [
        ['Status', <Status key="status" value={status} />],
        ['Service', <ObjectLink key="service" kind="service" id={service_id} label={service_name} />],
        ['Node', <ObjectLink key="node" kind="node" id={node_id} label={short(node_id)} mono />],
      ]}
      command={({ id }) => ['volume', 'show', id]}
    />
  );
}
