/** `node bullmq.js JSON`: drives BullMQ. `port` is the port of a Redis on this machine. The other fields are those of `drive`. */
import { Queue, Worker } from 'bullmq';
import { drive, worker } from './drive.js';

const QUEUE = 'nothing';
const { port, ...sizes } = JSON.parse(process.argv[2]);
const connection = { host: '127.0.0.1', port };

if (process.env.WORKER === '1') {
  const queue = new Worker(QUEUE, async ({ data }) => begins(data), {
    connection: { ...connection, maxRetriesPerRequest: null },
    concurrency: 64,
    autorun: false,
  });
  await queue.waitUntilReady();
  const begins = worker();
  await queue.run();
} else {
  const queue = new Queue(QUEUE, { connection });
  await queue.waitUntilReady();
  await drive(new URL(import.meta.url).pathname, sizes, {
    send: (data) => queue.add('job', data),
    sendAt: (at, data) => queue.add('job', data, { delay: at - Date.now() }),
    done: async () => (await queue.getJobCounts('completed')).completed,
  });
  process.exit(0);
}
