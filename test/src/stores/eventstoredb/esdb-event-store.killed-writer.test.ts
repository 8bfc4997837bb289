import { randomInt, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import t from 'tap';
import { ALL_CATEGORIES } from '#test/fixtures/muster-events.js';
import { openEsdbEventStore } from '#src/stores/eventstoredb/open.js';
import { gather } from '../../../contract/event-store/fixture.js';
import { BATCH, batchOf } from '../../../fixtures/batches.js';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { eventStoreUnderTest } from '../../../fixtures/event-store-under-test.js';
import { FaultyProxy } from '../../../fixtures/faulty-proxy.js';
import { Program } from '../../../fixtures/program.js';

t.setTimeout(240_000 * PATIENCE);

const KILLS = 8;
const STREAMS = 4;

void t.test(
  'writes all or none of a batch when the writer is killed, and exactly once when it is retried',
  async (t) => {
    const served = await eventStoreUnderTest(t);
    const proxy = await FaultyProxy.start(t, served);
    const direct = await openEsdbEventStore({ categories: ALL_CATEGORIES, url: served.url });
    t.teardown(() => direct.close());
    const idsOf = async (stream: string): Promise<string[]> =>
      (await gather(direct.readStream(stream))).map(({ id }) => id);
    const outcomes = { written: 0, nothing: 0 };
    for (let kill = 0; kill < KILLS; kill += 1) {
      const args = [
        join(import.meta.dirname, '../../../fixtures/batch-appender.js'),
        served.through(proxy),
        randomUUID(),
        String(STREAMS),
      ];
      const writer = Program.start({ command: process.execPath, args });
      t.teardown(() => writer.end('SIGKILL'));
      await eventually(
        () => {
          if (writer.status !== undefined) throw new Error(`it ended: ${writer.tail()}`);
          return writer.stdout.filter((line) => line.startsWith('written')).length >= STREAMS;
        },
        { interval: 2, what: 'the first batches' },
      );
      // Every other writer has a slow network, so that the kill cuts off data in transit.
      if (kill % 2 === 0) proxy.strike('delay', 30);
      await pause(randomInt(0, 100));
      await writer.end('SIGKILL');

      const said = writer.stdout.map((line) => line.split(' '));
      const streams = new Set(
        said.flatMap(([word, stream]) => (word === 'sent' && stream !== undefined ? [stream] : [])),
      );
      for (const stream of streams) {
        const acknowledged = said.filter(([word, of]) => word === 'written' && of === stream).length;
        const before = await idsOf(stream);
        t.ok(before.length % BATCH === 0, `${before.length} events form whole batches`);
        t.ok(
          before.length >= acknowledged * BATCH && before.length <= (acknowledged + 1) * BATCH,
          `at most one batch more than the ${acknowledged} acknowledged ones is stored`,
        );
        outcomes[before.length > acknowledged * BATCH ? 'written' : 'nothing'] += 1;
        const { revision } = await direct.append(batchOf(stream, acknowledged));
        t.equal(revision, (acknowledged + 1) * BATCH - 1);
        const wanted = Array.from({ length: acknowledged + 1 }, (_, batch) =>
          batchOf(stream, batch).events.map(({ id }) => id),
        ).flat();
        t.same(await idsOf(stream), wanted, 'each batch is stored once, in order');
      }
      proxy.heal();
    }
    t.comment(
      `of the batches in progress when their writer was killed, ${outcomes.written} were written and ${outcomes.nothing} were not`,
    );
  },
);
