import { NO_WORK } from '#domain/work/index.js';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { services, volumeDueAt, volumeStep } from '#domain/services/service/index.js';
import { volumes, type VolumeCommand, type VolumeEvent, type VolumeState } from '#domain/volumes/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { nodes, type NodeDocument } from '#projections/nodes/nodes.js';
import { volumes as volumeModel, type VolumeDocument } from '#projections/services/volumes.js';
import { ownedWork, type AnyOwnedWork } from '#src/fleet/owned-work/index.js';
import { read } from '#src/http/index.js';
import type { ServicesSettings } from './settings.js';

interface VolumeParts {
  readonly executor: Pick<CommandExecutor, 'load'>;
  readonly readModels: Pick<ReadModels, 'get'>;
  readonly agentChannel: Pick<AgentChannel, 'removeVolume'>;
}

/**
 * Drives volumes of services. A service that mounts a volume holds it, and releases it on deletion. Deleted volumes are removed from their nodes
 * once they are free. This does not need a job: the node's agent is called until it confirms the removal.
 */
export const volumeWork = (
  { executor, readModels, agentChannel }: VolumeParts,
  { volumeTimeoutMs }: Pick<ServicesSettings, 'volumeTimeoutMs'>,
): AnyOwnedWork =>
  ownedWork<VolumeCommand, VolumeEvent, VolumeState, VolumeDocument>({
    name: 'volumes',
    surface: 'services',
    projection: volumeModel,
    aggregate: volumes,
    item: ({ volume }) => ({ stream: volume, workId: volume, jobId: '' }),
    origin: ({ volume }) => ({ stream: volume }),
    dueAt: volumeDueAt,
    view: () => NO_WORK,
    settle: async (state, volume, now) => {
      const step = volumeStep(state, await executor.load(services, volume.serviceId), volume, now);
      if (step?.kind !== 'remove') return step?.command;
      const end = await removed(step.node, volume.volume, { readModels, agentChannel, now, volumeTimeoutMs });
      return (
        end && {
          kind: 'settle',
          name: volume.volume,
          node: step.node,
          ...(end === 'abandoned' && { abandoned: true }),
        }
      );
    },
    want: () => undefined,
    job: () => undefined,
  });

interface Removal {
  readonly readModels: Pick<ReadModels, 'get'>;
  readonly agentChannel: Pick<AgentChannel, 'removeVolume'>;
  readonly now: number;
  readonly volumeTimeoutMs: number;
}

/** Returns whether the volume was removed or abandoned with its node; undefined means retry. Throws if a reachable agent fails. */
async function removed(
  nodeId: string,
  volume: string,
  { readModels, agentChannel, now, volumeTimeoutMs }: Removal,
): Promise<'gone' | 'abandoned' | undefined> {
  const stored = await readModels.get(nodes.name, nodeId);
  const node = stored && read<NodeDocument>(stored);
  if (node === undefined) return 'abandoned';
  if (node.down) return now - node.lastHeartbeat >= volumeTimeoutMs ? 'abandoned' : undefined;
  if (node.endpoint === null) throw new Error(`node ${nodeId} has no endpoint`);
  const outcome = await agentChannel.removeVolume(
    { nodeId, epoch: node.epoch, endpoint: node.endpoint },
    volume,
  );
  if (outcome.kind === 'unknown') throw new Error(`node ${nodeId}: ${outcome.problem}`);
  return outcome.kind === 'gone' ? 'gone' : undefined;
}
