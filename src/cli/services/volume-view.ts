import { bytesText } from '#domain/kernel/bytes.js';
import type { Services } from '../shared/client.js';
import { fieldLines } from '../shared/output.js';
import { listLines, type ListView } from '../shared/list.js';
import { idColumn, statusColumn, timeColumn, wideColumn, type Look } from '../shared/table.js';

type Volume = Services['Volume'];

export function volumeName({ service_name: service, name }: Volume): string {
  return `${service}/${name}`;
}

/** Does not compile if it lacks a status of the OpenAPI description. */
const VOLUME_STATUSES: Readonly<Record<Volume['status'], true>> = { used: true, kept: true, deleting: true };

export const VOLUME_LIST: ListView<Volume> = {
  headings: [
    'VOLUME',
    statusColumn('STATUS'),
    idColumn('NODE'),
    timeColumn('CREATED'),
    'WAITING FOR',
    wideColumn(idColumn('ID')),
  ],
  row: (volume) => [
    volumeName(volume),
    volume.status,
    volume.node_id,
    volume.created_at,
    volume.waits_for ?? '-',
    volume.id,
  ],
  name: volumeName,
  statuses: Object.keys(VOLUME_STATUSES),
};

export const UNKNOWN_LIST: ListView<Services['UnknownVolume']> = {
  headings: ['ID', idColumn('NODE'), idColumn('MADE BY'), 'WHY'],
  row: ({ id, node_id: node, made_by: maker, why }) => [id, node, maker, why.replaceAll('_', ' ')],
  name: ({ id }) => id,
};

export function volumeTable({ volumes }: Services['VolumeList'], look?: Look): string[] {
  return listLines(VOLUME_LIST, volumes, look);
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
    incomplete,
    last_copy: copy,
  } = volume;
  return fieldLines([
    ['Volume', volumeName(volume)],
    ['Id', id],
    ['Status', status],
    ...(waits === null ? [] : [['Waiting for', waits] as const]),
    [status === 'used' ? 'Service' : 'Last service', `${serviceName} (${service})`],
    ['Node', node],
    ['Created', created],
    ...(copy === null ? [] : [[`Last ${copy.kind}`, lastCopy(copy)] as const]),
    ...(incomplete
      ? [['Incomplete', 'it has only a part of what was restored: repeat muster volume restore'] as const]
      : []),
  ]);
}

function lastCopy({ started_at: at, outcome, bytes, problem }: NonNullable<Volume['last_copy']>): string {
  const size = outcome === 'complete' && bytes !== null ? `, ${bytesText(bytes)}` : '';
  return `${at}: ${outcome ?? 'has not ended'}${size}${problem === null ? '' : ` (${problem})`}`;
}
