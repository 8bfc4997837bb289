import type { Gpu } from '../shared/client.js';
import { fieldLines, tableLines } from '../shared/output.js';

type Claim = Gpu['GpuClaim'];

export function claimTable(claims: readonly Claim[]): string[] {
  return tableLines(
    ['CLAIM', 'STATUS', 'REASON', 'GPUS', 'IMAGE', 'NODE', 'CREATED'],
    claims.map(({ id, status, spec, created_at: created }) => [
      id,
      status.phase,
      status.reason === '' ? '-' : status.reason,
      String(spec.resources.gpuCount),
      spec.image,
      status.nodeName === '' ? '-' : status.nodeName,
      created,
    ]),
  );
}

export function claimPage(
  { id, user_id: user, spec, status, created_at: created }: Claim,
  events: readonly Gpu['GpuClaimEvent'][],
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
      ['TIME', 'EVENT', 'MESSAGE'],
      events.map(({ time, kind, message }) => [time, kind, message]),
    ),
  ];
}

function endpointsText(endpoints: NonNullable<Claim['status']['endpoints']>): string {
  return endpoints.length === 0
    ? '-'
    : endpoints.map(({ port, address }) => `${port} at ${address}`).join(', ');
}
