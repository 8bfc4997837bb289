import { EventStoreDBClient } from '@eventstore/db-client';
import t from 'tap';
import { startEventStoreProcess } from '../fixtures/event-store-process.js';
import { eventually } from '../fixtures/eventually.js';
import { job } from '../fixtures/jobs.js';
import { serverOnStore } from '../fixtures/remote-log.js';

t.setTimeout(240_000);

void t.test('a stream of the scheduler that does not begin at revision 0 stops the start, and is named', async (t) => {
  const store = await startEventStoreProcess(t);
  const first = await (await serverOnStore(t, store.url)).start();
  const client = EventStoreDBClient.connectionString(store.url);
  t.teardown(() => client.dispose());
  let revision = -1;
  for (let n = 0; revision < 1; n += 1) {
    t.equal((await first.api.post('/jobs', job(`job-${n}`))).status, 200);
    revision = await eventually(
      async () => {
        for await (const { event } of client.readStream('scheduler', { direction: 'backwards', fromRevision: 'end', maxCount: 1 })) {
          const newest = Number(event?.revision);
          if (newest > revision) return newest + 1;
        }
        return undefined;
      },
      { what: 'a plan' },
    ).then((next) => next - 1);
  }
  await first.stop();
  for await (const { event } of client.readStream('scheduler', { direction: 'backwards', fromRevision: 'end', maxCount: 1 }))
    revision = Number(event?.revision);
  await client.setStreamMetadata('scheduler', { maxCount: 1 });
  const fresh = await serverOnStore(t, store.url);
  fresh.launch();
  t.equal((await fresh.program.exited).code, 1);
  t.match(fresh.program.tail(), new RegExp(`stream scheduler begins at revision ${revision}, not 0`));
  await client.setStreamMetadata('scheduler', {});
  await fresh.start();
  t.equal((await fresh.stop()).code, 0, 'without the metadata it starts');
});
