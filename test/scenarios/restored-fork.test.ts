import { join } from 'node:path';
import t from 'tap';
import { eventually } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { muster } from '../fixtures/program.js';
import { startServer } from '../fixtures/server.js';
import { embeddedWiring } from '../fixtures/wiring/embedded.js';
import { aJob } from '../src/http/support/test-api.js';

t.setTimeout(600_000);

void t.test('a restore from an older backup is a fork that auditors see, until it is adopted', async (t) => {
  const folder = ownFolder(t);
  const dataDir = join(folder, 'server');
  const server = await startServer(t, {
    dataDir,
    env: { MUSTER_EMBEDDED_AGENT: 'false' },
    wiring: await embeddedWiring(t, dataDir),
  });
  const run = async (...words: readonly string[]) => await muster(words, { MUSTER_SERVER_URL: server.url });
  const succeeds = async (...words: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(...words);
    t.equal(code, 0, `muster ${words.join(' ')}\n${stderr}${stdout}`);
    return stdout;
  };
  interface Status {
    readonly state: string;
    readonly size: number;
    readonly signed: number;
  }
  const statusIs = async (holds: (status: Status) => boolean): Promise<Status> =>
    await eventually(
      async () => {
        const status = JSON.parse(await succeeds('tlog', 'status', '-o', 'json')) as Status;
        return holds(status) ? status : undefined;
      },
      { timeout: 60_000, what: 'the state of the signed log' },
    );

  await server.api.submit(aJob({ job_id: 'before' }));
  await succeeds('backup', join(folder, 'backup'), '--data-dir', dataDir);
  await server.api.submit(aJob({ job_id: 'lost' }));
  const before = await statusIs(
    ({ state, size, signed }) => state === 'following' && size > 1 && signed === size,
  );
  const key = (await succeeds('tlog', 'key')).trim();
  const [name = ''] = key.split('+');
  t.match(await run('tlog', 'adopt', '--reason', 'too early'), {
    code: 1,
    stderr: /no fork|not forked|does not differ|nothing/i,
  });

  await server.stop();
  await succeeds('restore', join(folder, 'backup'), '--data-dir', dataDir, '--force');
  await server.start();
  await server.api.submit(aJob({ job_id: 'after' }));
  const forked = await statusIs(({ state }) => state === 'forked');
  t.equal(forked.signed, before.signed, 'what was signed is still known');
  t.match(await succeeds('tlog', 'status'), /Problem +fork: \d+ events were signed/);
  t.match(await run('tlog', 'checkpoint'), { code: 1 }, 'nothing is signed meanwhile');
  t.match(await run('tlog', 'adopt'), { code: 1, stderr: /--reason/ });

  t.match(
    await succeeds('tlog', 'adopt', '--reason', 'restored the backup of Monday'),
    new RegExp(`Log +${name}/2`),
  );
  await statusIs(({ state, size, signed }) => state === 'following' && signed === size);
  t.match(await succeeds('tlog', 'key'), new RegExp(`^${name}/2\\+`), 'auditors are given another key');
  t.match(await succeeds('tlog', 'checkpoint'), new RegExp(`^${name}/2\n`));
  t.match(
    await succeeds('events', '--type', 'LogForkAdopted', '-o', 'json'),
    /"reason":"restored the backup of Monday"/,
  );
});
