import { lazy, type ReactNode } from 'react';
import type { ServiceRow } from '../../api/types.js';
import { List } from '../../app/list.js';
import { ObjectLink, pathOf } from '../../app/object-link.js';
import { PlainDetail } from '../../app/plain-detail.js';
import { When } from '../../moment/when.js';
import { Name } from '../../parts/name/name.js';
import { Status } from '../../parts/status/status.js';
import type { Column } from '../../parts/table/columns.js';
import { serviceActions } from './actions.js';

const Deployments = lazy(async () => ({ default: (await import('./deployments.js')).Deployments }));
const ServiceLogs = lazy(async () => ({ default: (await import('./logs.js')).ServiceLogs }));
const ServiceVersions = lazy(async () => ({ default: (await import('./versions.js')).ServiceVersions }));
const Usage = lazy(async () => ({ default: (await import('../../app/usage.js')).Usage }));

const COLUMNS: readonly Column<ServiceRow>[] = [
  {
    id: 'name',
    title: 'Service',
    width: 'minmax(160px, 2fr)',
    sort: 'name',
    cell: ({ id, name }) => <ObjectLink kind="service" id={id} label={name} />,
  },
  {
    id: 'status',
    title: 'Status',
    width: '110px',
    sort: 'status',
    cell: ({ status }) => <Status value={status} />,
  },
  {
    id: 'instances',
    title: 'Running',
    width: '80px',
    align: 'end',
    cell: ({ instances, wanted }) => `${instances} / ${wanted}`,
  },
  {
    id: 'template',
    title: 'Template',
    width: '120px',
    sort: 'template',
    cell: ({ template }) => <Name text={template ?? '–'} />,
  },
  {
    id: 'url',
    title: 'Address',
    width: 'minmax(140px, 1fr)',
    cell: ({ url }) => <Name text={url ?? '–'} mono />,
  },
  {
    id: 'owner',
    title: 'Owner',
    width: '100px',
    sort: 'owner',
    cell: ({ owner }) => <Name text={owner ?? '–'} />,
  },
  {
    id: 'changed',
    title: 'Changed',
    width: '100px',
    sort: 'changed_at',
    cell: ({ changed_at }) => <When at={changed_at} />,
  },
];

export function ServicesPage(): ReactNode {
  return (
    <List<ServiceRow>
      command={['service', 'list']}
      path="/console/api/services"
      title="Services"
      noun={['service', 'services']}
      columns={COLUMNS}
      rowKey={({ id }) => id}
      open={({ id }) => pathOf('service', id) ?? '/'}
      kinds={['service']}
      empty={
        <>
          Create one from a template: <code>muster service create</code>
        </>
      }
    />
  );
}

export function ServicePage(): ReactNode {
  return (
    <PlainDetail
      kind="service"
      path="/console/api/services"
      explained="services"
      command={({ id }) => ['service', 'show', String(id)]}
      actions={serviceActions}
      tabs={({ id, name }) => [
        {
          id: 'deployments',
          title: 'Deployments',
          content: () => <Deployments service={String(id)} />,
        },
        {
          id: 'logs',
          title: 'Logs',
          content: () => <ServiceLogs service={String(id)} name={name ?? String(id)} />,
        },
        {
          id: 'versions',
          title: 'Versions',
          content: () => <ServiceVersions service={String(id)} />,
        },
        {
          id: 'usage',
          title: 'Usage',
          content: () => <Usage service={String(id)} />,
        },
      ]}
    />
  );
}
