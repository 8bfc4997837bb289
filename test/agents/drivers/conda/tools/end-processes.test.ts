import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { endProcessesOf } from '#agents/drivers/conda/tools/end-processes.js';
import { canBeOthers } from '../../../../fixtures/other-user.js';

/** Uids that nothing else on this machine uses. */
const [MINE, OTHER] = [339_997, 339_998];

async function started(t: Test, uid: number): Promise<ChildProcess> {
  const child = spawn(
    'setpriv',
    [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', 'sh', '-c', 'echo there; exec sleep 600'],
    { stdio: 'pipe' },
  );
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

void t.test('kills only the processes of the given user and agent', async (t) => {
  if (!canBeOthers()) return t.pass('needs root', { skip: 'needs root' });
  const [mine, others] = [await started(t, MINE), await started(t, OTHER)];
  // The cgroups of this agent contain neither process.
  endProcessesOf({ uid: MINE }, '4:memory:/muster/an-agent/an-allocation.main\n');
  t.equal(mine.signalCode, null);
  const ended = once(mine, 'exit');
  endProcessesOf({ uid: MINE }, '4:memory:/\n');
  t.same(await ended, [null, 'SIGKILL']);
  t.equal(others.exitCode ?? others.signalCode, null);
  endProcessesOf({ uid: MINE }, '');
});
