import type { AgentOptions } from './agent-options.js';
import { Drivers } from './drivers/drivers.js';
import { DRIVERS } from './drivers/list.js';
import type { OwnWork } from './drivers/own-work.js';
import { FetchedDocuments } from './fetched-documents.js';
import { codedLog } from './platform/log.js';
import { isLoopback } from './platform/loopback.js';
import type { ServerClient } from './platform/transport/server-client.js';
import type { TenantUsers } from './users/tenant-users.js';

export interface DriverParts {
  readonly nodeId: string;
  readonly ownWork: OwnWork;
  readonly options: AgentOptions;
  readonly directory: string;
  readonly users: TenantUsers;
  readonly namespaces: 'own' | 'shared';
  readonly tasksEndWithAgent: boolean;
  /** URLs of Muster's own components, which tasks may never call. */
  readonly ownParts: () => readonly string[];
  readonly client: ServerClient;
  readonly life: AbortSignal;
}

export function openDrivers({
  nodeId,
  ownWork,
  options,
  directory,
  users,
  namespaces,
  tasksEndWithAgent,
  ownParts,
  client,
  life,
}: DriverParts): Promise<Drivers> {
  const { clock, random } = options;
  const log = codedLog(options.log);
  return Drivers.open(options.drivers ?? DRIVERS, {
    nodeId,
    ownWork,
    directory,
    publishHost: options.publishHost ?? (isLoopback(options.host) ? '127.0.0.1' : '0.0.0.0'),
    dockerSocket: options.dockerSocket,
    settings: options,
    tasksEndWithAgent,
    users,
    namespaces,
    ownParts,
    documents: options.documents ?? new FetchedDocuments({ nodeId, client, clock, log, random }),
    clock,
    log,
    life,
  });
}
