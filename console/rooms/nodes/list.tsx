import { lazy, Suspense, type ReactNode } from 'react';
import type { NodeRow } from '../../api/types.js';
import { List } from '../../app/list.js';
import css from '../../app/list.module.css';
import { ObjectLink, pathOf, short } from '../../app/object-link.js';
import { ViewButton } from '../../app/view-button.js';
import { useSearch } from '../../moment/in-url.js';
import { When } from '../../moment/when.js';
import { Gauge } from '../../parts/gauge/gauge.js';
import { Loading } from '../../parts/states/states.js';
import { Status } from '../../parts/status/status.js';
import type { Column } from '../../parts/table/columns.js';
import { bytes } from '../../parts/time/format.js';
import { stateOf } from './state.js';

const COLUMNS: readonly Column<NodeRow>[] = [
  {
    id: 'name',
    title: 'Node',
    width: 'minmax(150px, 2fr)',
    sort: 'name',
    cell: ({ id, name }) => <ObjectLink kind="node" id={id} label={short(name === '' ? id : name)} />,
  },
  {
    id: 'status',
    title: 'Status',
    width: '120px',
    sort: 'status',
    cell: (row) => <Status value={stateOf(row)} />,
  },
  { id: 'cpu', title: 'CPU', width: '150px', cell: ({ cpu }) => <Gauge {...cpu} /> },
  {
    id: 'memory',
    title: 'Memory',
    width: '200px',
    cell: ({ memory }) => <Gauge {...memory} format={bytes} />,
  },
  { id: 'gpus', title: 'GPUs', width: '90px', cell: ({ gpus }) => <Gauge {...gpus} /> },
  {
    id: 'allocations',
    title: 'Allocations',
    width: '90px',
    align: 'end',
    sort: 'allocations',
    cell: ({ allocations }) => allocations,
  },
  { id: 'since', title: 'Since', width: '100px', sort: 'since', cell: ({ since }) => <When at={since} /> },
];

const Map = lazy(async () => ({ default: (await import('./map.js')).NodeMap }));
const MapTools = lazy(async () => ({ default: (await import('./map.js')).MapTools }));

export function NodesPage(): ReactNode {
  const { view } = useSearch();
  const map = view === 'map';
  if (map)
    return (
      <section className={css['list']} aria-label="Nodes">
        <Suspense fallback={<Loading what="the map" />}>
          <div className={css['tools']}>
            <ViewButton view="map" title="Map" />
            <MapTools />
          </div>
          <Map />
        </Suspense>
      </section>
    );
  return (
    <List<NodeRow>
      command={['node', 'list']}
      path="/console/api/nodes"
      title="Nodes"
      noun={['node', 'nodes']}
      columns={COLUMNS}
      rowKey={({ id }) => id}
      open={({ id }) => pathOf('node', id) ?? '/'}
      kinds={['node', 'allocation']}
      actions={<ViewButton view="map" title="Map" />}
      empty="A node joins when its agent starts."
    />
  );
}
