import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import t from 'tap';
import { ALL_CATEGORIES } from '#test/fixtures/muster-events.js';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { superviseThread } from '#src/process/event-log/supervised-thread.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { startEventStoreThread, type WireServerThread } from '#src/stores/eventstore-server/index.js';
import { eventually } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { freePort } from '../../../fixtures/free-port.js';
import { RawWire } from '../../../fixtures/raw-wire.js';

void t.test(
  'restarts the thread that serves the log if it fails, while the store keeps running',
  async (t) => {
    const store = await openSqliteEventStore({ directory: ownFolder(t) });
    const port = await freePort();
    const said: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => void said.push(line) });
    const threads: WireServerThread[] = [];
    let starts = 0;
    const start = async (): Promise<WireServerThread> => {
      starts += 1;
      if (starts === 2) throw new Error('not this time');
      const thread = await startEventStoreThread({
        categories: ALL_CATEGORIES,
        handle: store.handle(),
        host: '127.0.0.1',
        port,
        tls: undefined,
        credentials: undefined,
      });
      threads.push(thread);
      return thread;
    };
    const served = await superviseThread(start, log, { sleep: (_, signal) => systemClock.sleep(1, signal) });
    const wire = new RawWire(t, port);
    t.match(
      await wire.append('job-a', 'any', [{}]),
      { code: 7, exception: 'access-denied' },
      "appending to one of Muster's own streams is denied",
    );
    t.equal(await wire.appended('mine', 'any', [{}]), '0@1');

    await threads[0]?.close();
    await store.append({
      stream: 'job-a',
      expected: 'no_stream',
      events: [{ id: randomUUID(), type: 'E', data: '{}', metadata: '{}' }],
    });
    await eventually(() => starts === 3 && threads.length === 2);
    await eventually(
      async () =>
        (await wire.appended('mine', 0, [{ id: '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d' }])) === '1@3',
      { what: 'an append through the restarted thread' },
    );
    t.strictSame(
      said.map((line) => (JSON.parse(line) as { code: string }).code),
      [
        'event-store-listening',
        'event-store-server-failed',
        'event-store-server-failed',
        'event-store-listening',
      ],
    );
    await served.close();
    t.match(await wire.append('mine', 'any', [{}]), { code: 14 });
    t.equal(starts, 3, 'a closed thread is not restarted');
    await store.close();
  },
);
