import type { AgentMetrics, Registration } from '#domain/protocol/index.js';
import { machineBoot, type MachineBoot } from './boot-id.js';
import type { AgentOptions } from './agent-options.js';
import type { Drivers } from './drivers/drivers.js';
import { GPU_LIMIT_MS, takeFingerprint } from './fingerprint/fingerprint.js';
import type { GpuTable } from './fingerprint/gpu-table.js';
import { GpuReader } from './fingerprint/gpus.js';
import type { AgentInstance } from './data-dir.js';
import { limitedBy } from '#domain/drivers/limited.js';
import { ObservedUsage, type UsageReader } from './fingerprint/observed-usage.js';
import { codedLog } from './platform/log.js';
import { MachineMetrics } from './machine-metrics.js';
import type { TenantUsers } from './users/tenant-users.js';

export interface Machine {
  readonly boot: MachineBoot;
  /** `ownGpus`: names of the GPUs that allocations of this node have. */
  registration(ownGpus: ReadonlySet<string>): Promise<Registration>;
  usage(): UsageReader;
  metrics(): Promise<AgentMetrics>;
  deviceName(number: number): string;
  devicesDiffer(ownGpus: ReadonlySet<string>): Promise<boolean>;
}

export interface ThisMachineParts {
  readonly nodeId: string;
  readonly instance: AgentInstance;
  readonly options: AgentOptions;
  readonly drivers: Drivers;
  readonly gpuTable: GpuTable;
  readonly users: Pick<TenantUsers, 'attributes'>;
  readonly address: () => { readonly url: string; readonly host: string } | undefined;
  readonly life: AbortSignal;
}

export function thisMachine({
  nodeId,
  instance,
  options,
  drivers,
  gpuTable,
  users,
  address,
  life,
}: ThisMachineParts): Machine {
  const { dataDir, clock, resources } = options;
  const log = codedLog(options.log);
  const gpus = new GpuReader(clock, undefined, life);
  const metrics = new MachineMetrics(nodeId, clock, gpus);
  return {
    boot: machineBoot,
    async registration(ownGpus) {
      const found = await takeFingerprint({
        dataDir,
        drivers,
        gpuReader: gpus,
        table: gpuTable,
        ownGpus,
        setGpus: resources?.['gpus'],
      });
      drivers.declare(found.drivers);
      const { names } = found.drivers;
      for (const lack of drivers.needs(names)) log.info(lack, 'agent.driver.not-ready');
      const attributes = {
        ...found.attributes,
        ...users.attributes(),
        ...options.attributes,
      };
      for (const each of limitedBy(attributes)) log.warn(each, 'agent.node.limited');
      const { url, host } = address() ?? notListening();
      return {
        node_id: nodeId,
        ip_address: host,
        resources: { ...found.resources, ...resources },
        healthy: true,
        // Over NATS, servers reach the agent through its node's subject.
        ...(options.natsUrl === undefined ? { endpoint: url } : {}),
        attributes,
        drivers: [...names],
        ...instance,
      };
    },
    usage: () => new ObservedUsage(),
    metrics: () => metrics.read(),
    deviceName: (number) => gpuTable.nameOf(number),
    devicesDiffer: async (ownGpus) =>
      gpuTable.differs(await gpuTable.see(await gpus.devices(GPU_LIMIT_MS), ownGpus)),
  };
}

function notListening(): never {
  throw new Error('a node cannot register before its agent is listening');
}
