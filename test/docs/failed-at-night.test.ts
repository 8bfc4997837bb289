import t from 'tap';
import { eventually, PATIENCE } from '../fixtures/eventually.js';
import { ownFolder } from '../fixtures/folder.js';
import { canBeOthers } from '../fixtures/other-user.js';
import { MUSTER, runToEnd } from '../fixtures/program.js';
import { required } from '../fixtures/requirement.js';
import { startServer } from '../fixtures/server.js';
import { blocksOf, exitOf, plain } from './page.js';

t.setTimeout(300_000 * PATIENCE);

const PASSWORD = 'password of the page';
const BLOCKS = blocksOf('docs/failed-at-night.md');

void t.test(
  'the commands on the page about a failed task run as written and print the output shown',
  async (t) => {
    if (!required(t, canBeOthers(), 'root, for the users of tenants')) return;
    const server = await startServer(t, {
      env: { MUSTER_EMBEDDED_AGENT: 'true', MUSTER_ADMIN_PASSWORD: PASSWORD },
    });
    await eventually(async () => (await server.api.nodes()).some(({ healthy }) => healthy), {
      timeout: 120_000,
      what: 'the local agent',
    });
    const env = { MUSTER_SERVER_URL: server.url, HOME: ownFolder(t) };
    t.ok(
      BLOCKS.length >= 6 && BLOCKS.filter(({ shown }) => shown.length > 0).length >= 5,
      `${BLOCKS.length} blocks`,
    );
    const run = async (commands: readonly string[]): Promise<readonly string[]> => {
      const printed: string[] = [];
      for (const command of commands) {
        const [, words = ''] = /^npx muster ([^#]+)/.exec(command) ?? [];
        t.not(words, '', command);
        const { code, stdout, stderr } = await runToEnd({
          command: process.execPath,
          args: [MUSTER, ...words.trim().split(/\s+/)],
          env,
          input: `${PASSWORD}\n`,
        });
        t.equal(code, exitOf(command), `${command}: ${stderr}`);
        printed.push(...stdout.split('\n').map(plain));
      }
      return printed;
    };
    for (const { commands, shown } of BLOCKS) {
      // `run --wait` waits for the failed run, not for the run that the failure starts.
      if (commands.every((command) => command.endsWith(' task list')))
        await eventually(async () => (await run(commands)).some((line) => line.includes('1 success')), {
          timeout: 60_000,
          what: 'the run after the failed one',
        });
      const printed = await run(commands);
      for (const line of shown)
        t.ok(printed.includes(plain(line)), `${commands.join('; ')} prints ${line}`, { printed });
    }
  },
);
