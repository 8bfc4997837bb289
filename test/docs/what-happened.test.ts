import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startAgent } from '../fixtures/agent.js';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { finds, MUSTER, runToEnd } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';
import { embeddedWiring } from '../fixtures/wiring/embedded.js';
import { blocksOf, exitOf, plain, wordsOf } from './page.js';

t.setTimeout(120_000 * PATIENCE);

const PASSWORD = 'password of the page';
const BLOCKS = blocksOf('docs/what-happened.md');

interface LoggedEvent {
  readonly position: string;
  readonly type: string;
  readonly created: string;
  readonly data: { readonly allocationId?: string };
}

/** Normalizes a line: masks positions and times, which differ in every run. */
const same = (line: string): string =>
  plain(line.replace(/#\d+/g, '#N').replace(/(T[\d:]+)\.\d{3}Z/g, '$1Z'));

/** Whether a printed line matches a line of the page, where `…` matches any text. */
function fits(printed: string, shown: string): boolean {
  const parts = shown.split('…').map((part) => part.trim());
  let at = 0;
  return parts.every((part) => {
    const found = printed.indexOf(part, at);
    at = found + part.length;
    return found >= 0;
  });
}

void t.test('the commands on the page about a failed service run as written', async (t) => {
  const folder = ownFolder(t);
  const dataDir = join(folder, 'data');
  const server = await startServer(t, {
    dataDir,
    env: { MUSTER_ADMIN_PASSWORD: PASSWORD },
    wiring: await embeddedWiring(t, dataDir),
  });
  const run = async (home: string, words: readonly string[]) =>
    await runToEnd({
      command: process.execPath,
      args: [MUSTER, ...words],
      env: { MUSTER_SERVER_URL: server.url, HOME: join(folder, home) },
      input: `${PASSWORD}\n`,
    });
  const does = async (home: string, words: string): Promise<void> => {
    const { code, stderr } = await run(home, words.split(' '));
    t.equal(code, 0, `${words}: ${stderr}`);
  };
  const events = async (): Promise<readonly LoggedEvent[]> =>
    (await server.api.get('/audit/events')).text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as LoggedEvent);
  const recorded = async (type: string): Promise<LoggedEvent> =>
    await eventually(
      async () => {
        const found = (await events()).findLast((event) => event.type === type);
        if (found === undefined) throw new Error('not yet');
        return found;
      },
      { what: type },
    );
  const node = (MUSTER_NODE_ID: string) => ({
    env: { MUSTER_NODE_ID, MUSTER_AGENT_RESOURCES: 'cpu=2000,memory=8000' },
  });

  await startAgent(t, server, node('n1'));
  await does('operator', 'job run --detach examples/shop.json');
  await recorded('AllocationStarted');
  await startAgent(t, server, node('n2'));
  await does('admin', 'login admin');
  await does('admin', 'user create dana --role admin');
  await does('dana', 'login dana');
  const before = (await events()).at(-1)!.created;
  await does('dana', 'node drain n1 --enable');
  const drained = (await recorded('NodeDrainStarted')).position;
  const after = (await recorded('JobFinished')).created;
  const [first = '', second = ''] = (await events()).flatMap(({ type, data }) =>
    type === 'AllocationPlaced' ? [data.allocationId!] : [],
  );

  const replaced: readonly (readonly [RegExp, string])[] = [
    [/2cf3937c-[\w-]{27}/g, first],
    [/623cf7d9-[\w-]{27}/g, second],
    [/\b623cf7d9\b/g, second.slice(0, 8)],
    [/\b14:30\b/g, before],
    [/\b14:33\b/g, after],
    [/(?<=evidence )29\b/g, drained],
    [/\S+\.(?:key|note|evidence)\b/g, `${folder}/$&`],
    [/\.\/data\b/g, dataDir],
  ];
  const own = (text: string): string =>
    replaced.reduce((so, [pattern, value]) => so.replace(pattern, value), text);

  for (const { commands, shown } of BLOCKS) {
    const printed: string[] = [];
    if (commands.some((command) => command.includes('evidence')))
      await eventually(
        async () => (await server.api.get(`/audit/events/${drained}/evidence`)).status === 200,
        { timeout: 30_000, what: 'a checkpoint that covers the drain' },
      );
    for (const command of commands) {
      const { program, words, output } = wordsOf(own(command));
      if (program === 'python3' && !required(t, finds('python3'), 'python3')) continue;
      const answer =
        program === 'npx'
          ? await run('operator', words.slice(1))
          : await runToEnd({ command: 'sh', args: ['-c', own(command)] });
      t.equal(answer.code, exitOf(command), `${command}: ${answer.stderr}`);
      if (output === undefined) printed.push(...answer.stdout.split('\n').map(same));
      else writeFileSync(output, `${answer.stdout}\n`);
    }
    for (const line of shown.map((each) => same(own(each))))
      t.ok(
        printed.some((each) => (line.includes('…') ? fits(each, line) : each === line)),
        `${commands.join('; ')} prints ${line}`,
        { printed },
      );
  }
  t.ok(BLOCKS.length >= 9, `${BLOCKS.length} blocks`);
});
