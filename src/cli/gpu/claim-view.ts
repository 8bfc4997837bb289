import type { Gpu } from '../shared/client.js';
import { fieldLines } from '../shared/output.js';
import { CLAIM_PHASES } from '#domain/gpu/claim/status.js';
import { listLines, type ListView } from '../shared/list.js';
import { idColumn, statusColumn, tableLines, timeColumn, type Look } from '../shared/table.js';

type Claim = Gpu['GpuClaim'];

export const CLAIM_LIST: ListView<Claim> = {
  headings: [
    idColumn('CLAIM'),
    statusColumn('STATUS'),
    'REASON',
    'GPUS',
    'IMAGE',
    'NODE',
    timeColumn('CREATED'),
  ],
  row: ({ id, status, spec, created_at: created }) => [
    id,
    status.phase,
    status.reason === '' ? '-' : status.reason,
    String(spec.resources.gpuCount),
    spec.image,
    status.nodeName === '' ? '-' : status.nodeName,
    created,
  ],
  name: ({ id }) => id,
  statuses: CLAIM_PHASES,
};

export function claimTable(claims: readonly Claim[], look?: Look): string[] {
  return listLines(CLAIM_LIST, claims, look);
}

export function claimPage(
  { id, user_id: user, spec, status, created_at: created }: Claim,
  events: readonly Gpu['GpuClaimEvent'][],
  look?: Look,
): string[] {
  return [
    ...fieldLines([
      ['Claim', id],
      ['Status', status.phase],
      ['Reason', status.reason === '' ? '-' : status.reason],
      ['Image', spec.image],
      ['GPUs', String(spec.resources.gpuCount)],
      ['Node', status.nodeName === '' ? '-' : status.nodeName],
      ['Container', status.containerID === '' ? '-' : status.containerID],
      ...(status.endpoints === undefined ? [] : [['Ports', endpointsText(status.endpoints)] as const]),
      ['Account', String(user)],
      ['Created', created],
    ]),
    '',
    ...tableLines(
      [timeColumn('TIME'), 'EVENT', 'MESSAGE'],
      events.map(({ time, kind, message }) => [time, kind, message]),
      look,
    ),
  ];
}

function endpointsText(endpoints: NonNullable<Claim['status']['endpoints']>): string {
  return endpoints.length === 0
    ? '-'
    : endpoints.map(({ port, address }) => `${port} at ${address}`).join(', ');
}
