import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * Drives a third-party queue: `clients` callers send `jobs` empty jobs, which a worker in a process of its own runs. Then it sends `due` jobs that
 * become due one after another. Prints one line of JSON: jobs a second until the last is done, response times, and times from due to begun in
 * milliseconds.
 */
export async function drive(worker, { jobs, clients, due }, { send, sendAt, done }) {
  const begun = [];
  const child = fork(worker, process.argv.slice(2), { env: { ...process.env, WORKER: '1' } });
  child.on('message', (message) => begun.push(...message.begun));
  await once(child, 'message');
  begun.length = 0;

  const answered = [];
  let next = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (next < jobs) {
        next += 1;
        const before = performance.now();
        await send({});
        answered.push(performance.now() - before);
      }
    }),
  );
  const sent = performance.now() - startedAt;
  await until(async () => (await done()) >= jobs);
  const took = performance.now() - startedAt;

  // Spread over each second, so that the due times do not coincide with the queue's polls.
  for (let each = 0; each < due; each += 1) {
    const at = Date.now() + 1_000 + Math.floor((each * 617) % 1_000);
    await sendAt(at, { due: at });
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await until(() => begun.length >= due);
  child.kill('SIGKILL');
  const late = begun.map(({ due, at }) => at - due).sort((a, b) => a - b);
  answered.sort((a, b) => a - b);
  const result = {
    jobsPerSecond: (jobs / took) * 1000,
    sentPerSecond: (jobs / sent) * 1000,
    answerP99: quantile(answered, 0.99),
    dueP50: quantile(late, 0.5),
    dueP99: quantile(late, 0.99),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/**
 * Runs in the worker's process. Notifies the driver that the worker is ready, and returns the function to call with the data of each job that begins.
 */
export function worker() {
  process.send({ begun: [] });
  return ({ due }) => {
    if (due !== undefined) process.send({ begun: [{ due, at: Date.now() }] });
  };
}

async function until(holds) {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

function quantile(sorted, q) {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}
