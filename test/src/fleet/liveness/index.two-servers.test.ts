import t, { type Test } from 'tap';
import type { NodeSeen, PresenceBroadcast } from '#domain/kernel/ports/presence-broadcast.js';
import { createHearing, shareLastSeen } from '#src/fleet/nodes/hearing.js';
import { startLiveness } from '#src/fleet/liveness/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { startServer, type NodesServer } from '../nodes/cluster.js';

const TIMEOUT = 30_000;

/** An in-memory broadcast. Members can be cut off, with or without noticing. */
class Bus {
  readonly members = new Set<Member>();
}

class Member implements PresenceBroadcast {
  connected = true;
  /** No message passes, and the server has not noticed. */
  deaf = false;
  readonly #seen = new Set<(seen: readonly NodeSeen[]) => void>();
  readonly #interrupted = new Set<() => void>();

  constructor(private readonly bus: Bus) {
    bus.members.add(this);
  }

  get #through(): boolean {
    return this.connected && !this.deaf;
  }

  publish(seen: Omit<NodeSeen, 'ageMs'>): void {
    if (!this.#through) return;
    for (const other of this.bus.members)
      if (other !== this && other.#through)
        for (const listener of other.#seen) listener([{ ...seen, ageMs: 0 }]);
  }
  onSeen(listener: (seen: readonly NodeSeen[]) => void): () => void {
    this.#seen.add(listener);
    return () => void this.#seen.delete(listener);
  }
  async check(): Promise<boolean> {
    return await Promise.resolve(this.#through);
  }
  onInterrupted(listener: () => void): () => void {
    this.#interrupted.add(listener);
    return () => void this.#interrupted.delete(listener);
  }
  reconnect(): void {
    this.connected = true;
    this.deaf = false;
    for (const listener of this.#interrupted) listener();
  }
  async close(): Promise<void> {
    await Promise.resolve();
  }
}

async function scene(t: Test, { broadcast }: { readonly broadcast: boolean }) {
  const clock = new TestClock();
  const store = createMemoryEventStore({ clock });
  const bus = new Bus();
  const serve = async () => {
    const member = broadcast ? new Member(bus) : undefined;
    const server: NodesServer = await startServer(t, {
      clock,
      store,
      tellLogEveryMs: () => (member?.connected === true ? undefined : TIMEOUT / 4),
    });
    if (member !== undefined) t.teardown(shareLastSeen(server.telemetry, server.placements, member));
    const liveness = startLiveness({
      ...server,
      timeoutMs: TIMEOUT,
      hearing: createHearing(store, server.placements, member),
    });
    t.teardown(async () => await liveness.stop());
    return { ...server, liveness, member };
  };
  const [a, b] = [await serve(), await serve()];
  const names = ['n0', 'n1', 'n2'];
  for (const node_id of names) await a.register({ node_id });
  return {
    clock,
    store,
    a,
    b,
    names,
    /**
     * Advances time by this many seconds. These nodes send a heartbeat every ten, only to the first server.
     */
    pass: async (seconds: number, beating: readonly string[]) => {
      for (let at = 0; at < seconds; at += 10) {
        await clock.advance(10_000);
        for (const node_id of beating) await a.heartbeat({ node_id });
      }
    },
    count: async (type: string) =>
      (await a.pen.types('node-n0'))
        .concat(await a.pen.types('node-n1'), await a.pen.types('node-n2'))
        .filter((each) => each === type).length,
  };
}

for (const broadcast of [true, false]) {
  const how = broadcast ? 'with a broadcast' : 'with the log alone';
  void t.test(
    `does not mark a node down whose agent sends its heartbeats to another server, ${how}`,
    async (t) => {
      const { pass, names, b, count, clock } = await scene(t, { broadcast });
      await pass(600, names);
      t.equal(await count('NodeWentDown'), 0);
      t.ok(b.telemetry.of('n0') !== undefined || !broadcast);
      await pass(20, names.slice(1));
      await clock.advance(15_000);
      t.equal(await count('NodeWentDown'), 1, 'a node that is silent on both servers is marked down once');
      if (broadcast)
        t.ok((await count('NodeHeartbeatReceived')) < 12, 'few heartbeats are appended to the log');
    },
  );
}

void t.test(
  'a cut-off server appends heartbeats to the log, so that the other server marks no node down',
  async (t) => {
    const { pass, names, a, count } = await scene(t, { broadcast: true });
    await pass(60, names);
    a.member!.connected = false;
    await pass(300, names);
    t.equal(await count('NodeWentDown'), 0);
    a.member!.reconnect();
    await pass(100, names);
    t.equal(await count('NodeWentDown'), 0);
  },
);

void t.test(
  'marks no node down on a server that may miss heartbeats until a full timeout has passed',
  async (t) => {
    const { pass, names, a, b, count } = await scene(t, { broadcast: true });
    await pass(60, names);
    b.member!.deaf = true;
    await pass(200, names);
    t.equal(await count('NodeWentDown'), 0);
    t.ok(b.liveness.status().deaf > 0);
    b.member!.reconnect();
    t.equal(await count('NodeWentDown'), 0);
    await pass(20, []);
    t.equal(
      await count('NodeWentDown'),
      0,
      'no node is marked down because of heartbeats that were missed in the meantime',
    );
    await a.liveness.stop();
    await pass(40, []);
    t.equal(await count('NodeWentDown'), 3, 'the remaining server marks the silent nodes down alone');
  },
);

void t.test('marks no node down on a new server until a full timeout has passed', async (t) => {
  const { pass, names, a, b, count, clock } = await scene(t, { broadcast: true });
  await pass(60, names);
  await a.liveness.stop();
  await b.liveness.stop();
  const late = startLiveness({
    ...b,
    timeoutMs: TIMEOUT,
    hearing: createHearing(b.store, b.placements, b.member),
  });
  t.teardown(async () => await late.stop());
  await clock.advance(29_000);
  t.equal(await count('NodeWentDown'), 0);
  await clock.advance(4_000);
  t.equal(await count('NodeWentDown'), 3);
});
