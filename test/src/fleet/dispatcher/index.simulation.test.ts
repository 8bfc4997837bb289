import t, { type Test } from 'tap';
import fc from 'fast-check';
import { startDispatcher } from '#src/fleet/dispatcher/index.js';
import { createMemoryEventStore } from '../../../fixtures/memory-event-store.js';
import { TestClock } from '../../../fixtures/test-clock.js';
import { startServer } from '../nodes/cluster.js';
import { SimulatedAgent, type Temper } from './simulated-agent.js';

const REQUEST_TIMEOUT = 1000;
const HEARTBEAT = 2000;

type Act =
  | { readonly kind: 'place' | 'kill' | 'beat' | 'lose' | 'die' }
  | { readonly kind: 'stop' | 'finish'; readonly pick: number }
  | { readonly kind: 'temper'; readonly temper: Partial<Temper> }
  | { readonly kind: 'wait'; readonly ms: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Act>({ kind: 'place' }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('stop' as const, 'finish' as const), pick: fc.nat(20) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 50, 700, 3000) }),
  },
  { weight: 2, arbitrary: fc.constant<Act>({ kind: 'beat' }) },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: 'kill' }) },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: 'lose' }) },
  { weight: 1, arbitrary: fc.constant<Act>({ kind: 'die' }) },
  {
    weight: 3,
    // The agent acts before its caller gives up, because the contract cannot handle later actions.
    arbitrary: fc
      .record(
        {
          late: fc.constantFrom(0, 10, REQUEST_TIMEOUT),
          mute: fc.boolean(),
          cut: fc.boolean(),
          dead: fc.boolean(),
          lists: fc.boolean(),
        },
        { requiredKeys: [] },
      )
      .map<Act>((temper) => ({ kind: 'temper', temper })),
  },
);

/** Plays the acts, then lets everything recover. Returns the problems. */
async function play(t: Test, acts: readonly Act[]): Promise<string[]> {
  const clock = new TestClock();
  const store = createMemoryEventStore({ clock });
  const agent = new SimulatedAgent(clock, REQUEST_TIMEOUT);
  const start = async () => {
    const server = await startServer(t, { clock, store });
    const dispatcher = startDispatcher({ ...server, channel: agent, requestTimeoutMs: REQUEST_TIMEOUT });
    await dispatcher.ready;
    return { server, dispatcher };
  };
  let { server, dispatcher } = await start();
  const { pen } = server;
  await pen.job('j1');
  await server.register({ endpoint: 'http://10.0.0.1:9' });
  const ids: string[] = [];
  const beat = async (): Promise<void> => {
    if (!agent.temper.dead) await server.heartbeat(agent.temper.lists ? { allocations: agent.report() } : {});
    await clock.advance(1);
  };
  const unended = async (): Promise<string[]> => {
    const over = new Set<string>();
    for await (const page of store.readStream('node-n1')) {
      for (const { type, data } of page)
        if (/^Allocation(Completed|Failed|Stopped|Lost)$/.test(type))
          over.add((JSON.parse(data) as { allocationId: string }).allocationId);
    }
    return ids.filter((id) => !over.has(id));
  };
  for (const each of acts) {
    switch (each.kind) {
      case 'place':
        ids.push(`a${ids.length}`);
        await pen.place(`a${ids.length - 1}`);
        break;
      case 'stop':
        if (ids.length > 0) await pen.requestStop(ids[each.pick % ids.length] ?? '');
        break;
      case 'finish': {
        const running = [...agent.held].filter(([, status]) => status === 'running').map(([id]) => id);
        if (running.length > 0) agent.held.set(running[each.pick % running.length] ?? '', 'complete');
        break;
      }
      case 'temper':
        Object.assign(agent.temper, each.temper);
        break;
      case 'beat':
        await beat();
        break;
      case 'wait':
        await clock.advance(each.ms);
        break;
      case 'lose':
        // An allocation that the agent started and never reported leaves no trace, so it must be started again.
        await server.settled();
        for (const id of agent.held.keys()) {
          const placement = server.placements.state.nodes.get('n1')?.allocations.get(id);
          if (placement?.accepted === false && !placement.started) agent.begun.delete(id);
        }
        agent.held.clear();
        break;
      case 'die':
        // The plan log counts the node as lost and releases its allocations.
        if (!agent.temper.dead) break;
        await server.settled();
        if (server.placements.state.nodes.get('n1')?.down === false)
          await pen.write('node-n1', {
            type: 'NodeWentDown',
            data: { nodeId: 'n1', epoch: 1, reason: 'silent' },
          });
        for (const id of await unended()) await pen.release(id, 'lost');
        break;
      case 'kill':
        void dispatcher.stop(0);
        await server.stop();
        ({ server, dispatcher } = await start());
        break;
    }
    await clock.advance(0);
  }
  Object.assign(agent.temper, { late: 0, mute: false, cut: false, dead: false });
  for (let round = 0; round < 20; round += 1) {
    await clock.advance(HEARTBEAT);
    await beat();
  }
  await clock.advance(40_000);
  await beat();
  await clock.advance(40_000);

  const wrong: string[] = [];
  const types = (await pen.types()).join(' ');
  for (const [id, times] of agent.begun) if (times > 1) wrong.push(`${id} was begun ${times} times`);
  const node = server.placements.state.nodes.get('n1');
  for (const placement of node?.allocations.values() ?? []) {
    const status = agent.held.get(placement.allocationId);
    if (placement.wanted && status !== 'running')
      wrong.push(`${placement.allocationId} should run and is ${status ?? 'absent'}`);
    if (placement.unwanted) wrong.push(`${placement.allocationId} was not stopped`);
    if (placement.ended && status === 'running') wrong.push(`${placement.allocationId} ended and runs`);
  }
  for (const [id, status] of agent.held)
    if (status === 'running' && node?.allocations.get(id)?.wanted !== true)
      wrong.push(`${id} runs and should not`);
  void dispatcher.stop(0);
  await server.stop();
  if (wrong.length > 0) t.comment(types);
  return wrong;
}

void t.test(
  'starts no task twice and reaches the desired state despite faults of the network, agent and server',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 40 }), async (acts) => {
        const wrong = await play(t, acts);
        if (wrong.length > 0) throw new Error(wrong.join('; '));
      }),
      {
        numRuns: Number(process.env['RUNS'] ?? 50),
        ...(process.env['SEED'] === undefined ? {} : { seed: Number(process.env['SEED']) }),
      },
    );
    t.pass();
  },
);
