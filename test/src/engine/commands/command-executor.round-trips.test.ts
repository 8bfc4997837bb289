import { randomUUID } from 'node:crypto';
import { connect, createServer, type AddressInfo } from 'node:net';
import t from 'tap';
import { ALL_CATEGORIES } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { jobs } from '#domain/jobs/job/aggregate.js';
import { openCommandExecutor, type StoreCommandExecutor } from '#src/engine/commands/command-executor.js';
import { connectEventStore } from '#src/stores/connect.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import type { Scope } from '../../../fixtures/scope.js';
import { servedStore } from '../../../fixtures/wire-server.js';
import { commandContext } from '../../../fixtures/command-context.js';

t.setTimeout(300_000 * PATIENCE);

/** https://www.rfc-editor.org/rfc/rfc9113#name-frame-format */
const [DATA, HEADERS] = [0, 1];
const PREFACE_BYTES = 24;

/** A proxy that counts what an HTTP/2 client sends: new calls, and messages on calls that were already open. */
class Exchanges {
  /** Calls as `connection/stream`. */
  readonly #open = new Set<string>();
  #before = new Set<string>();
  #counted = 0;
  #connections = 0;
  port = 0;

  static async between(t: Scope, target: number): Promise<Exchanges> {
    const exchanges = new Exchanges();
    const server = createServer((client) => {
      const upstream = connect(target, '127.0.0.1');
      const read = exchanges.#reader();
      client.on('data', (chunk: Buffer) => {
        read(chunk);
        upstream.write(chunk);
      });
      upstream.pipe(client);
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        one.on('close', () => other.destroy());
        one.on('error', () => other.destroy());
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    exchanges.port = (server.address() as AddressInfo).port;
    t.teardown(() => void server.close());
    return exchanges;
  }

  /** Returns the number of exchanges during the work. */
  async during(work: () => Promise<unknown>): Promise<number> {
    this.#before = new Set(this.#open);
    this.#counted = 0;
    await work();
    return this.#counted;
  }

  #reader(): (chunk: Buffer) => void {
    let kept: Buffer = Buffer.alloc(0);
    let preface = PREFACE_BYTES;
    const connection = (this.#connections += 1);
    return (chunk) => {
      kept = Buffer.concat([kept, chunk]);
      if (preface > 0 && kept.length >= preface) {
        kept = kept.subarray(preface);
        preface = 0;
      }
      while (preface === 0 && kept.length >= 9 && kept.length >= 9 + kept.readUIntBE(0, 3)) {
        const [length, type, stream] = [
          kept.readUIntBE(0, 3),
          kept.readUInt8(3),
          `${connection}/${kept.readUInt32BE(5)}`,
        ];
        if (type === HEADERS) {
          this.#open.add(stream);
          this.#counted += 1;
        } else if (type === DATA && length > 0 && this.#before.has(stream)) this.#counted += 1;
        kept = kept.subarray(9 + length);
      }
    };
  }
}

const specification = {
  task_groups: [
    {
      name: 'a',
      tasks: [{ name: 'm', driver: 'exec', config: { command: 'true' }, resources: { cpu: 1, memory: 1 } }],
    },
  ],
};

void t.test(
  "takes one round trip for a cached or new stream over EventStoreDB's protocol, and two otherwise",
  async (t) => {
    const { server } = await servedStore(t);
    const wire = await Exchanges.between(t, server.port);
    const open = async (): Promise<StoreCommandExecutor> => {
      const store = await connectEventStore({
        categories: ALL_CATEGORIES,
        kind: 'esdb',
        url: `esdb://127.0.0.1:${wire.port}?tls=false`,
      });
      const executor = await openCommandExecutor({ store, clock: systemClock, writer: randomUUID() });
      t.teardown(async () => {
        await executor.close();
        await store.close();
      });
      return executor;
    };
    const [one, other] = [await open(), await open()];
    const submit = (executor: StoreCommandExecutor, jobId: string) =>
      executor.execute(
        jobs,
        jobId,
        { kind: 'submit', jobId, evaluationId: randomUUID(), specification },
        commandContext({ surface: 'cluster' }),
        { fresh: true },
      );
    const update = (executor: StoreCommandExecutor, jobId: string) =>
      executor.execute(
        jobs,
        jobId,
        { kind: 'update', jobId, evaluationId: randomUUID(), specification },
        commandContext({ surface: 'cluster' }),
      );
    // Completes everything that a connection does only once.
    await submit(one, 'first');
    await submit(other, 'second');

    /** Returns the median of twenty, because on a busy machine a connection or subscription may restart. */
    const usual = async (work: (jobId: string) => Promise<unknown>): Promise<number | undefined> => {
      const counts: number[] = [];
      for (let index = 0; index < 20; index += 1) counts.push(await wire.during(() => work(`job-${index}`)));
      return counts.sort((a, b) => a - b)[10];
    };
    t.equal(await usual((jobId) => submit(one, jobId)), 1, 'a new job takes one');
    t.equal(
      await usual((jobId) => update(one, jobId)),
      2,
      'a job that this server created but has not read takes two',
    );
    t.equal(await usual((jobId) => update(one, jobId)), 1, 'a job that this server has cached takes one');
    t.equal(
      await usual((jobId) => update(other, jobId)),
      2,
      'a job that only another server has cached takes two, because it is read first',
    );
  },
);
