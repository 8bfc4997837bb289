import type { Services } from '../shared/client.js';
import { fieldLines, tableLines } from '../shared/output.js';

type Volume = Services['Volume'];

export function volumeName({ service_name: service, name }: Volume): string {
  return `${service}/${name}`;
}

export function volumeTable({ volumes }: Services['VolumeList']): string[] {
  return tableLines(
    ['VOLUME', 'STATUS', 'NODE', 'CREATED', 'WAITING FOR', 'ID'],
    volumes.map((volume) => [
      volumeName(volume),
      volume.status,
      volume.node_id,
      volume.created_at,
      volume.waits_for ?? '-',
      volume.id,
    ]),
  );
}

export function volumePage(volume: Volume): string[] {
  const {
    id,
    status,
    service_id: service,
    service_name: serviceName,
    node_id: node,
    created_at: created,
    waits_for: waits,
  } = volume;
  return fieldLines([
    ['Volume', volumeName(volume)],
    ['Id', id],
    ['Status', status],
    ...(waits === null ? [] : [['Waiting for', waits] as const]),
    [status === 'used' ? 'Service' : 'Last service', `${serviceName} (${service})`],
    ['Node', node],
    ['Created', created],
  ]);
}
