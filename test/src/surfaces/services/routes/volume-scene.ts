import { randomUUID } from 'node:crypto';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import type { MusterEvent } from '#test/fixtures/muster-events.js';
import type { AgentChannel, RemovalOutcome } from '#domain/protocol/agent-channel.js';
import { dueValue } from '#domain/work/index.js';
import { volumes } from '#projections/services/volumes.js';
import { settle } from '#src/fleet/owned-work/settle.js';
import { volumeWork } from '#src/surfaces/services/volume-work.js';
import { place, placedWith } from '../../../../projections/events.js';
import type { TestApi } from '../../../http/support/test-api.js';
import { CONFIG } from './scene.js';

export const STORING = { ...CONFIG, volumes: [{ name: 'data', path: '/data' }] };

export const volumeOf = (serviceId: string): string => `service.${serviceId}.data`;

/** A node whose agent responds. */
export const nodeUp: MusterEvent = {
  type: 'NodeRegistered',
  data: {
    nodeId: 'n1',
    epoch: 1,
    ipAddress: '127.0.0.1',
    resources: {},
    attributes: {},
    healthy: true,
    endpoint: 'http://127.0.0.1:1',
    protocol: 'muster',
  },
};
export const nodeDown: MusterEvent = {
  type: 'NodeWentDown',
  data: { nodeId: 'n1', epoch: 1, reason: 'silent' },
};

/** The first placement of a service, on n1. */
export function placedOn(serviceId: string, volume = volumeOf(serviceId)): MusterEvent {
  return placedWith(place(randomUUID(), `service.${serviceId}.1`, 0, 'service', 'n1'), [volume]);
}

export const dropped = (name: string): MusterEvent => ({ type: 'VolumeDropped', data: { name, node: 'n1' } });

/** Runs the volume work until nothing changes, and returns which agents were called to remove what. */
export async function volumesSettled(
  { executor, models, projector, store }: Pick<TestApi, 'executor' | 'models' | 'projector' | 'store'>,
  removal: () => RemovalOutcome = () => ({ kind: 'gone' }),
  volumeTimeoutMs = 3_600_000,
): Promise<readonly string[]> {
  const asked: string[] = [];
  const removeVolume: AgentChannel['removeVolume'] = async ({ nodeId }, name) => {
    asked.push(`${nodeId} ${name}`);
    return removal();
  };
  await projector.waitFor((await store.head()) ?? 0n, 30_000);
  const work = volumeWork(
    { executor, readModels: models, agentChannel: { removeVolume } },
    { volumeTimeoutMs },
  );
  const ids = { uuid: randomUUID };
  for (let moved = true; moved;) {
    moved = false;
    for await (const page of models.list(volumes.name, { by: 'due' })) {
      for (const { json } of page) {
        const document: unknown = JSON.parse(json);
        if ((dueValue(work.dueAt(document)) ?? '9') > (dueValue(systemClock.now()) ?? '')) continue;
        const { position } = await settle(work, document, {
          executor,
          eventStore: store,
          clock: systemClock,
          ids,
        });
        if (position === undefined) continue;
        await projector.waitFor(position, 30_000);
        moved = true;
      }
    }
  }
  return asked;
}
