import t from 'tap';
import { BackEnds } from '#agents/drivers/conda/back-end-detection.js';
import { modulePackage, pythonPackage } from '../../../fixtures/conda/channel.js';
import { condaTools } from '../../../fixtures/conda/tools.js';
import { required } from '../../../fixtures/requirement.js';
import { condaScene, rattlerScene, TO_INDEX } from './scene.js';

// Each build queries a remote index, and pip restarts for each query.
t.setTimeout(600_000);

/** Uses the real Python index, with `uv` and with pip. */
for (const tool of ['uv', 'pip'] as const) {
  void t.test(`builds a virtual environment from the Python index with ${tool}`, async (t) => {
    const tools = await condaTools();
    if (
      !required(t, typeof tools !== 'string', typeof tools === 'string' ? tools : 'uv') ||
      typeof tools === 'string'
    )
      return;
    const searched = tool === 'uv' ? `${tools.bin}:/usr/bin:/bin` : '/usr/bin:/bin';
    t.match(await new BackEnds(searched, 'venv', () => Promise.resolve(undefined)).find(), { name: 'venv' });
    const { build } = await condaScene(t, [], {
      conda: { searched, backend: 'venv', environment: TO_INDEX },
    });
    const { result, log } = await build({ specs: ['python>=3.9', 'idna=3.7'], pip: ['requests==2.32.3'] });
    if (result.outcome !== 'built') return t.fail();
    t.match(result.lock.python, /^3\.\d+\.\d+$/);
    t.same(
      result.lock.pip.map(({ name }) => name),
      ['certifi', 'charset-normalizer', 'idna', 'requests', 'urllib3'],
      log,
    );
    t.match(result.lock.pip[3], { version: '2.32.3', url: /^https:\/\/files\.pythonhosted\.org\/.*\.whl$/ });
    t.equal(result.lock.pip[2]?.version, '3.7');
    const more = await build({
      specs: ['idna'],
      pip: ['requests', 'six==1.16.0'],
      base: result.lock,
      plan: true,
    });
    t.match(
      more.result,
      { lock: { pip: [{}, {}, { version: '3.7' }, { version: '2.32.3' }, { name: 'six' }, {}] } },
      'installed packages keep their versions',
    );
    const missing = await build({ pip: ['requests', 'muster-no-such-package'] }, 'failed');
    t.match(missing.result, {
      step: 'pip',
      failed: [{ name: 'muster-no-such-package', why: 'not_found' }],
      error: /muster-no-such-package/,
    });
    const conflict = await build({ pip: ['requests==2.31.0', 'urllib3==1.20'] }, 'failed');
    t.same(
      conflict.result.outcome === 'failed' &&
        conflict.result.failed.map(({ name, why }) => `${name} ${why}`).sort(),
      ['requests conflict', 'urllib3 conflict'],
    );
    t.match((await build({ specs: ['python>=4'] }, 'failed')).result, {
      step: 'solve',
      failed: [{ name: 'python', why: 'not_found' }],
    });
    const pip = result.lock.pip.map((each) => ({
      ...each,
      ...(each.name === 'idna' && { sha256: '0'.repeat(64) }),
    }));
    t.match((await build({ lock: { ...result.lock, pip } }, 'failed')).result, {
      step: 'pip',
      failed: [{ name: 'idna', why: 'broken' }],
    });
  });
}

void t.test('installs pip packages on top of unchanged conda packages', async (t) => {
  const scene = await rattlerScene(t, [pythonPackage(), modulePackage('six', { version: '1.16.0' })]);
  if (scene === undefined) return;
  const { result } = await scene.build({ specs: ['six'], pip: ['idna==3.7', 'six'] });
  t.match(result, {
    outcome: 'built',
    lock: { packages: [{ name: 'python' }, { name: 'six' }], pip: [{ name: 'idna', version: '3.7' }] },
  });
  t.equal(result.outcome === 'built' && result.lock.pip.length, 1);
});
