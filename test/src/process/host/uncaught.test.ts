import t from 'tap';
import { eventually, PATIENCE } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { freePort } from '../../../fixtures/free-port.js';
import { Program } from '../../../fixtures/program.js';
import { prepareServer } from '../../../fixtures/server.js';

t.setTimeout(240_000 * PATIENCE);

/** Code that Node preloads in each process and thread, and that fails later, like a library. The main thread fails once it handles signals. */
const failing = (where: string, how: string): string =>
  `--import=data:text/javascript,${encodeURIComponent(
    `import { isMainThread, workerData } from 'node:worker_threads';
     const place = isMainThread ? 'main' : JSON.stringify(workerData ?? {}, (key, value) => typeof value === 'bigint' ? String(value) : value);
     const ready = () => !isMainThread || process.listenerCount('SIGTERM') > 0;
     const timer = setInterval(() => { if (!(${where})) return clearInterval(timer); if (!ready()) return; clearInterval(timer); ${how} }, 500);`,
  )}`;

const THROWS = "throw new Error('planted')";
const REJECTS = "void Promise.reject(new Error('planted'))";

void t.test('ends a server with a log line for an uncaught error in any thread', async (t) => {
  for (const [thread, where, how] of [
    ['main', "place === 'main' && process.argv.includes('server')", THROWS],
    ['main', "place === 'main' && process.argv.includes('server')", REJECTS],
    ['scheduler', "place.includes('plans')", REJECTS],
    ['projector', `place.includes('"place"')`, THROWS],
    [
      'event-store-writer',
      "place !== 'main' && !place.includes('plans') && !place.includes('\"place\"')",
      THROWS,
    ],
  ] as const) {
    const server = await prepareServer(t, { env: { NODE_OPTIONS: failing(where, how) } });
    const program = server.launch();
    const { code } = await program.exited;
    t.equal(code, 1, `${thread}: ${program.tail(5)}`);
    const lines = program.stdout
      .filter((line) => line.includes('"code":"uncaught-error"'))
      .map((line) => JSON.parse(line) as unknown);
    t.match(
      lines,
      [{ level: 60, thread, err: { message: 'planted', stack: /planted/ } }],
      `${thread}: one line is logged`,
    );
  }
});

void t.test('ends an agent and an event store with a log line for an uncaught error', async (t) => {
  const options = { NODE_OPTIONS: failing("place === 'main'", REJECTS) };
  const store = Program.muster(
    ['eventstore', '--data-dir', ownFolder(t), '--listen', '127.0.0.1:0'],
    options,
  );
  const agent = Program.muster(['agent'], {
    ...options,
    MUSTER_SERVER_URL: `http://127.0.0.1:${await freePort()}`,
    MUSTER_DATA_DIR: ownFolder(t),
  });
  for (const program of [store, agent]) {
    await eventually(() => program.status !== undefined, { what: 'the end of the process' });
    t.equal(program.status?.code, 1);
    t.equal(
      program.stdout.filter((line) => line.includes('"code":"uncaught-error"')).length,
      1,
      program.tail(5),
    );
  }
});
