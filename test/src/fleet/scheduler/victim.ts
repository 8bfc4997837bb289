import { randomUUID } from 'node:crypto';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { startScheduler } from '#src/fleet/scheduler/index.js';
import { Facts } from './cluster.js';

/** A process to be killed: two schedulers, and a writer that prints each acknowledged job. */
const [directory = '', round = '0'] = process.argv.slice(2);
const store = await openSqliteEventStore({ directory });
for (let index = 0; index < 2; index += 1)
  startScheduler({ eventStoreHandle: store.handle(), directory, instance: randomUUID() });
const facts = new Facts(store);
if (round === '0')
  for (let index = 0; index < 3; index += 1)
    await facts.node(`n${index}`, { cpu: 10_000_000, memory: 10_000_000 });
for (let index = 0; ; index += 1) {
  const jobId = `j-${round}-${index}`;
  await facts.job(jobId, 3, 10);
  process.stdout.write(`${jobId}\n`);
}
