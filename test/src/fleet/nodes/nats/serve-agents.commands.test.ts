import t from 'tap';
import { readProcess } from '#agents/drivers/exec/process-table.js';
import { runCommand, TestCommand } from '../../../../agents/support/commands.js';
import { eventually, PATIENCE } from '../../../../fixtures/eventually.js';
import { onEachNats } from '../../../../fixtures/nats-scene.js';
import { scene } from './scene.js';

t.setTimeout(300_000 * PATIENCE);

onEachNats(t, 'commands run in tasks of a node that is reached over NATS', async (t, binary) => {
  const { server, address, run, happened } = await scene(t, binary);
  const id = await run('sleep 1000');
  await eventually(() => happened(id, 'AllocationStarted'));
  const { channel } = server;
  t.match(await runCommand(channel, address, id, ['sh', '-c', 'echo out; echo err >&2; exit 3']), {
    stdout: 'out\n',
    stderr: 'err\n',
    end: { exit_code: 3 },
  });
  const size = 3_000_000;
  const large = await runCommand(channel, address, id, ['head', '-c', String(size), '/dev/zero']);
  t.equal(large.stdout.length, size);

  const cat = await TestCommand.open(channel, address, id, ['cat'], { input: true });
  for (let piece = 0; piece < 10; piece += 1) t.equal(await cat.send(String(piece).repeat(1000)), true);
  t.equal(await cat.send(undefined, true), true);
  t.equal((await cat.read()).stdout.length, 10_000);

  const running = await TestCommand.open(channel, address, id, ['sh', '-c', 'echo $$; exec sleep 1000']);
  const pid = Number((await running.read((stdout) => stdout.endsWith('\n'))).stdout);
  t.match(
    await channel.command(address, 'nextCommandOutput', { ...running.about, caller: 'user:2', chunk: 1 }),
    {
      kind: 'refused',
      status: 404,
    },
  );
  t.match(await running.close(), { kind: 'done' });
  await eventually(() => readProcess(pid) === undefined);
});
