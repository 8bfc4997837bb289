import type { Services } from '../shared/client.js';
import { fieldLines, tableLines } from '../shared/output.js';
import { changesText } from '../shared/changes-view.js';

export function serviceTable(
  { services }: Services['ServiceList'],
  waits: ReadonlyMap<string, string> = new Map(),
): string[] {
  return tableLines(
    ['SERVICE', 'TYPE', 'STATUS', 'LATEST DEPLOYMENT', 'UPDATED', 'ID'],
    services.map(({ name, type, status, reason, deployments, updated_at: updated, id }) => {
      const missing = reason?.code === 'waiting' || reason?.code === 'starting' ? reason.message : undefined;
      return [name, type, status, newest(deployments, waits.get(id) ?? missing), updated, id];
    }),
  );
}

function newest(
  [first]: Services['ServiceList']['services'][number]['deployments'],
  waits: string | undefined,
): string {
  if (first === undefined) return '-';
  if (waits !== undefined) return `${first.status}: ${waits}`;
  return first.reason === undefined || first.reason === null || first.status === 'completed'
    ? first.status
    : `${first.status}: ${first.reason.message}`;
}

export function servicePage(service: Services['Service'], waits?: string): string[] {
  const {
    name,
    type,
    status,
    version,
    config,
    endpoints = [],
    reason,
    connection_string: connection,
    created_at: created,
    updated_at: updated,
    id,
  } = service;
  return fieldLines([
    ['Service', name],
    ['Id', id],
    ['Type', type],
    ['Status', status],
    ...(reason === undefined || reason === null ? [] : [['Reason', reason.message] as const]),
    ...(waits === undefined ? [] : [['Waits', waits] as const]),
    ['Version', String(version ?? '-')],
    [
      'Source',
      config.nomad_job_file === undefined ? (config.image ?? '-') : firstLine(config.nomad_job_file),
    ],
    ...endpoints.map(({ port, address }) => [`Port ${port}`, address] as const),
    ...(connection === undefined ? [] : [['Connection', connection ?? 'once it is running'] as const]),
    ['Created', created],
    ['Updated', updated],
  ]);
}

function firstLine(text: string): string {
  const [first = ''] = text.split('\n');
  return first === text ? text : `${first} …`;
}

export function endpointTable({ endpoints = [] }: Services['Service']): string[] {
  return tableLines(
    ['PORT', 'ADDRESS'],
    endpoints.map(({ port, address }) => [String(port), address]),
  );
}

export function deploymentTable({ deployments }: Services['ServiceDeploymentList']): string[] {
  return tableLines(
    ['DEPLOYMENT', 'VERSION', 'CAUSE', 'STATUS', 'HEALTHY', 'STARTED', 'ENDED', 'WHY'],
    deployments.map(
      ({
        number,
        version,
        because,
        status,
        instances,
        created_at: begun,
        completed_at: ended,
        reason,
        waits_for: waits,
      }) => [
        String(number),
        String(version),
        because,
        status,
        instances.wanted === 0 ? '-' : `${instances.healthy}/${instances.wanted}`,
        begun,
        ended ?? '-',
        reason?.message ?? (waits === null ? '-' : `waiting: ${waits}`),
      ],
    ),
  );
}

export function versionTable({ versions }: Services['ServiceVersionList']): string[] {
  return tableLines(
    ['VERSION', 'CAUSE', 'CREATED', 'IMAGE', 'CHANGES'],
    versions.map(({ version, because, from, created_at: created, image_digest: image, changes }) => [
      String(version),
      from === null ? because : `${because} to ${from}`,
      created,
      image ?? '-',
      changesText(changes),
    ]),
  );
}
