import { shellQuoted } from '#agents/platform/shell-quote.js';
import type { Services } from '../shared/client.js';
import { fieldLines } from '../shared/output.js';
import { SERVICE_STATUSES } from '#domain/services/service/status.js';
import { listLines, type ListView } from '../shared/list.js';
import { idColumn, statusColumn, tableLines, timeColumn, wideColumn, type Look } from '../shared/table.js';
import { changesText } from '../shared/changes-view.js';

type Listed = Services['ServiceList']['services'][number];

/** @param waits what unfinished deployments wait for, by service id */
export function serviceList(waits: ReadonlyMap<string, string> = new Map()): ListView<Listed> {
  return {
    headings: [
      'SERVICE',
      'TYPE',
      statusColumn('STATUS'),
      'LATEST DEPLOYMENT',
      timeColumn('UPDATED'),
      wideColumn(idColumn('ID')),
    ],
    row: ({ name, type, status, reason, deployments, updated_at: updated, id }) => {
      const missing = reason?.code === 'waiting' || reason?.code === 'starting' ? reason.message : undefined;
      return [name, type, status, newest(deployments, waits.get(id) ?? missing), updated, id];
    },
    name: ({ name }) => name,
    statuses: SERVICE_STATUSES,
  };
}

export function serviceTable(
  { services }: Services['ServiceList'],
  waits?: ReadonlyMap<string, string>,
  look?: Look,
): string[] {
  return listLines(serviceList(waits), services, look);
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
    values_may_differ: doubtful,
    values_of_version: restoredFrom,
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
    ...(doubtful === undefined ? [] : [['Values', doubtfulText(name, doubtful, restoredFrom)] as const]),
    ['Created', created],
    ['Updated', updated],
  ]);
}

/** Says that the restored content of a volume may have other values than its service, and what to do. `version`: the one whose values it has, if known. */
export function doubtfulText(service: string, names: readonly string[], version: number | undefined): string {
  const quoted = shellQuoted(service);
  if (version !== undefined)
    return `${names.join(', ')}: not as in the restored content, which has the values of version ${version}. To take them: muster service rollback ${quoted} VERSION (any version; it keeps the values of the content)`;
  return `${names.join(', ')} may be other than in the restored content. If clients are refused: muster service rollback ${quoted} VERSION (the version at the time of the backup: its values are taken), or muster service rotate ${quoted} ${names[0] ?? ''}`;
}

function firstLine(text: string): string {
  const [first = ''] = text.split('\n');
  return first === text ? text : `${first} …`;
}

export function endpointTable({ endpoints = [] }: Services['Service'], look?: Look): string[] {
  return tableLines(
    ['PORT', 'ADDRESS'],
    endpoints.map(({ port, address }) => [String(port), address]),
    look,
  );
}

export function deploymentTable({ deployments }: Services['ServiceDeploymentList'], look?: Look): string[] {
  return tableLines(
    [
      'DEPLOYMENT',
      'VERSION',
      'CAUSE',
      wideColumn('BY'),
      statusColumn('STATUS'),
      'HEALTHY',
      timeColumn('STARTED'),
      timeColumn('ENDED'),
      'WHY',
    ],
    deployments.map(
      ({
        number,
        version,
        because,
        deployed_by: by,
        deployed_by_name: name,
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
        name ?? by,
        status,
        instances.wanted === 0 ? '-' : `${instances.healthy}/${instances.wanted}`,
        begun,
        ended ?? '-',
        reason?.message ?? (waits === null ? '-' : `waiting: ${waits}`),
      ],
    ),
    look,
  );
}

export function versionTable({ versions }: Services['ServiceVersionList'], look?: Look): string[] {
  return tableLines(
    ['VERSION', 'CAUSE', 'BY', timeColumn('CREATED'), wideColumn('IMAGE'), 'CHANGES'],
    versions.map(({ version, because, from, created_by: by, created_by_name: name, ...made }) => [
      String(version),
      from === null ? because : `${because} to ${from}`,
      name ?? by,
      made.created_at,
      made.image_digest ?? '-',
      changesText(made.changes),
    ]),
    look,
  );
}
