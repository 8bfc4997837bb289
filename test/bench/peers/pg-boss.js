/** `node pg-boss.js JSON`: drives pg-boss. `url` is the URL of a PostgreSQL. The other fields are those of `drive`. */
import PgBoss from 'pg-boss';
import { drive, worker } from './drive.js';

const QUEUE = 'nothing';
const { url, ...sizes } = JSON.parse(process.argv[2]);
// The shortest polling interval that pg-boss allows, and a large batch size.
const TAKING = { pollingIntervalSeconds: 0.5, batchSize: 1_000 };
const boss = new PgBoss({ connectionString: url, max: 32 });
boss.on('error', (error) => {
  throw error;
});
await boss.start();

if (process.env.WORKER === '1') {
  const begins = worker();
  await boss.work(QUEUE, TAKING, async (jobs) => {
    for (const { data } of jobs) begins(data);
  });
} else {
  await boss.createQueue(QUEUE);
  const completed = async () => {
    const { rows } = await boss
      .getDb()
      .executeSql(`SELECT count(*)::int AS done FROM pgboss.job WHERE name = $1 AND state = 'completed'`, [
        QUEUE,
      ]);
    return rows[0].done;
  };
  await drive(new URL(import.meta.url).pathname, sizes, {
    send: (data) => boss.send(QUEUE, data),
    sendAt: (at, data) => boss.sendAfter(QUEUE, data, null, new Date(at)),
    done: completed,
  });
  process.exit(0);
}
