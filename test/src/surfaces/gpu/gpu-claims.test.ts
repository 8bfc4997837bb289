import { randomUUID } from 'node:crypto';
import t, { type Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { isMusterError } from '#domain/kernel/errors/index.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';
import type { UserPrincipal } from '#src/accounts/principal.js';
import { GpuClaims } from '#src/surfaces/gpu/gpu-claims.js';
import { openCommandExecutor } from '#src/engine/commands/command-executor.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';

const ann: UserPrincipal = {
  kind: 'user',
  userId: 'ann',
  number: 1,
  role: 'user',
  tenantId: 't1',
  execute: false,
  via: 'token',
};
const wanted = { image: 'busybox', gpuCount: 1 };

function context(commandId: string = randomUUID(), repeatable = false): CommandContext {
  return {
    commandId,
    repeatable,
    bodyDigest: 'd',
    correlationId: 't',
    causationId: 't',
    actor: 'user:ann',
    surface: 'gpu',
  };
}

async function server(t: Test, store: EventStore): Promise<GpuClaims> {
  const executor = await openCommandExecutor({ store, clock: systemClock, writer: randomUUID() });
  t.teardown(() => executor.close());
  return new GpuClaims({
    executor,
    quotas: { record: () => Promise.resolve() },
    settings: { quota: { user: 3, tenant_admin: 8, auditor: 0, admin: undefined }, cpu: 500, memory: 1024 },
  });
}

async function outcomes(claims: readonly Promise<unknown>[]): Promise<readonly string[]> {
  const settled = await Promise.allSettled(claims);
  return settled
    .map((each) =>
      each.status === 'fulfilled'
        ? 'taken'
        : isMusterError(each.reason)
          ? each.reason.code
          : String(each.reason),
    )
    .sort();
}

void t.test('grants exactly the quota to ten concurrent claims over two servers', async (t) => {
  for (let round = 0; round < 10; round += 1) {
    const store = createMemoryEventStore();
    const servers = [await server(t, store), await server(t, store)];
    const claims = Array.from({ length: 10 }, (_, index) =>
      servers[index % 2]!.claim(ann, wanted, context()),
    );
    t.same(await outcomes(claims), [
      ...Array<string>(7).fill('MUSTER_E_GPU_QUOTA'),
      ...Array<string>(3).fill('taken'),
    ]);
  }
});

void t.test(
  'frees the quota of a released claim on all servers, and returns the same claim for a repeated key',
  async (t) => {
    const store = createMemoryEventStore();
    const [one, other] = [await server(t, store), await server(t, store)];
    const key = randomUUID();
    const first = await one.claim(ann, { ...wanted, gpuCount: 3 }, context(key, true));
    const again = await other.claim(ann, { ...wanted, gpuCount: 3 }, context(key, true));
    t.same(again, first);
    t.same(await outcomes([other.claim(ann, wanted, context())]), ['MUSTER_E_GPU_QUOTA']);
    const { claimId } = first.data;
    const released = await Promise.all(
      [one, other].map((each) => each.release({ claimId, userId: 'ann' }, context())),
    );
    t.equal(
      released.filter((each) => each !== undefined).length,
      1,
      'only one of two concurrent releases takes effect',
    );
    t.same(await outcomes([one, other, one].map((each) => each.claim(ann, wanted, context()))), [
      'taken',
      'taken',
      'taken',
    ]);
  },
);
