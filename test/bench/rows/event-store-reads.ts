import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { startEventStoreProcess } from '../../fixtures/event-store-process.js';
import { OwnScope } from '../../fixtures/scope.js';
import { cpuSeconds } from '../processor-time.js';
import { number, type Figure, type Row } from '../row.js';

/** Events per stream and characters per event, as in the floods of EventStoreDB's own test client. */
const EVENTS_OF_STREAM = 20;
const CHARACTERS = 256;
/** Streams read at the same time. */
const AT_ONCE = 50;

interface Reading {
  readonly streams: readonly string[];
  readonly events: number;
}
type Read = (client: EventStoreDBClient, reading: Reading) => Promise<number>;

/** EventStoreDB 23.10 took 7 µs an event on two cores: 2.1 s for 301,000. The bar is twice that. */
export const eventStoreReadAll = readRow({
  name: 'event-store-read-all',
  what: 'processor time of `muster eventstore` for an event of `$all`',
  bar: 14,
  read: async (client) => {
    let found = 0;
    for await (const { event } of client.readAll()) if (event !== undefined) found += 1;
    return found;
  },
});

/** EventStoreDB 23.10 took 10 µs an event in streams of 20: 4.2 s for 400,000. */
export const eventStoreReadStreams = readRow({
  name: 'event-store-read-streams',
  what: `processor time of \`muster eventstore\` for an event of a stream of ${EVENTS_OF_STREAM}`,
  bar: 20,
  read: async (client, { streams }) => {
    let found = 0;
    const left = [...streams];
    const readOne = async (): Promise<void> => {
      for (let stream = left.pop(); stream !== undefined; stream = left.pop())
        for await (const { event } of client.readStream(stream)) if (event !== undefined) found += 1;
    };
    await Promise.all(Array.from({ length: AT_ONCE }, readOne));
    return found;
  },
});

function readRow({ read, ...row }: Pick<Row, 'name' | 'what' | 'bar'> & { readonly read: Read }): Row {
  return {
    ...row,
    sense: 'most',
    quickBar: 900,
    unit: 'µs',
    async measure({ quick, runs }) {
      const scope = new OwnScope();
      try {
        const { url, program } = await startEventStoreProcess(scope);
        const client = EventStoreDBClient.connectionString(`${url}&defaultDeadline=120000`);
        scope.teardown(() => client.dispose());
        const reading = await fill(client, quick ? 100 : 5_000);
        // The first read is warm-up for the JIT compiler.
        await read(client, reading);
        const figures: number[] = [];
        const notes: string[] = [];
        for (let run = 0; run < runs; run += 1) {
          const [began, before] = [performance.now(), cpuSeconds(program.pid)];
          const found = await read(client, reading);
          if (found < reading.events) throw new Error(`${found} of ${reading.events} events were read`);
          const cost = ((cpuSeconds(program.pid) - before) * 1e6) / found;
          figures.push(cost);
          notes.push(
            `run ${run + 1}: ${number(cost)} µs an event, ${number((1000 * found) / (performance.now() - began))} events a second`,
          );
        }
        return { runs: figures, notes } satisfies Figure;
      } finally {
        await scope.end();
      }
    },
  };
}

async function fill(client: EventStoreDBClient, count: number): Promise<Reading> {
  const streams = Array.from({ length: count }, (_, index) => `flood-${index}`);
  const left = [...streams];
  const write = async (): Promise<void> => {
    for (let stream = left.pop(); stream !== undefined; stream = left.pop()) {
      const events = Array.from({ length: EVENTS_OF_STREAM }, () =>
        jsonEvent({ type: 'Flooded', data: { text: 'x'.repeat(CHARACTERS) } }),
      );
      await client.appendToStream(stream, events);
    }
  };
  await Promise.all(Array.from({ length: 16 }, write));
  return { streams, events: count * EVENTS_OF_STREAM };
}
