import { pino } from 'pino';
import type { Test } from 'tap';
import { cluster } from '#domain/cluster/aggregate.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { startClearSaga } from '#src/fleet/clear.js';
import { createMemoryEventStore } from '../../fixtures/memory-event-store.js';
import { TestClock } from '../../fixtures/test-clock.js';
import { SimulatedAgent } from './dispatcher/simulated-agent.js';
import { context, startServer } from './nodes/cluster.js';

/** Time after which a call without a response times out, in milliseconds. */
export const REQUEST_TIMEOUT = 1_000;

interface Given {
  readonly dead?: boolean;
  readonly attempts?: number;
  readonly retry?: { readonly first: number; readonly most: number };
  /** Ordered allocations that are not known to have arrived. */
  readonly onTheirWay?: readonly string[];
  /** Replaces the server's executor, with which the saga records. */
  readonly recordingWith?: (own: CommandExecutor) => CommandExecutor;
}

/** A cluster that was cleared while its only agent ran these allocations. Time is simulated. */
export async function cleared(
  t: Test,
  ids: readonly string[],
  {
    dead = false,
    attempts = 30,
    retry = { first: 100, most: 400 },
    onTheirWay = [],
    recordingWith = (own) => own,
  }: Given = {},
) {
  const clock = new TestClock();
  const server = await startServer(t, { clock, store: createMemoryEventStore({ clock }) });
  const agent = new SimulatedAgent(clock, REQUEST_TIMEOUT);
  await server.register({ endpoint: 'http://10.0.0.1:9' });
  for (const id of ids) {
    await server.pen.place(id);
    agent.held.set(id, 'running');
  }
  await server.heartbeat({ allocations: agent.report() });
  for (const id of onTheirWay) await server.pen.place(id);
  agent.temper.dead = dead;
  const said: { readonly code: string }[] = [];
  const logger = pino(
    { base: null, timestamp: false },
    { write: (line) => said.push(JSON.parse(line) as { code: string }) },
  );
  const options = { ...server, logger, channel: agent, requestTimeoutMs: REQUEST_TIMEOUT, retry, attempts };
  const saga = startClearSaga({ ...options, executor: recordingWith(server.executor) });
  t.teardown(() => void saga.stop(0));
  await saga.ready;
  const clear = () => server.executor.execute(cluster, '', { kind: 'clear' }, context());
  const begun = clock.monotonic();
  const toldAt: number[] = [];
  await clear();
  return {
    clock,
    server,
    agent,
    saga,
    clear,
    options,
    /** Codes of the saga's log records, in order. */
    codes: () => said.map(({ code }) => code),
    said,
    types: async () =>
      (await server.pen.types()).filter(
        (type) => type.startsWith('AllocationSt') || type === 'AllocationLost',
      ),
    /** Lets time pass in steps. Returns the milliseconds after the clear at which the agent was called. */
    pass: async (ms: number, step = 50): Promise<readonly number[]> => {
      for (let at = 0; at <= ms; at += step) {
        await clock.advance(at === 0 ? 0 : step);
        while (toldAt.length < agent.told.length) toldAt.push(clock.monotonic() - begun);
      }
      return toldAt;
    },
  };
}
