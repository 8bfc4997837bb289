import t from 'tap';
import { modulePackage, pythonPackage } from '../fixtures/conda/channel.js';
import { condaFleet } from '../fixtures/conda/fleet.js';
import { generationsOf } from '../fixtures/conda/generations.js';
import { eventually } from '../fixtures/eventually.js';
import { invariantsHold } from '../fixtures/invariants.js';

t.setTimeout(600_000);

/** This test uses the real Python index. */
void t.test(
  'a task gets its requirements in new and existing environments, and one with unknown requirements leaves nothing behind',
  async (t) => {
    const fleet = await condaFleet(t, [pythonPackage(), modulePackage('first')]);
    if (fleet === undefined) return;
    const { server, call, tasks, task, until } = fleet;
    const agent = await fleet.agent();
    const script = 'import idna\nprint("idna", idna.__version__)';

    t.match(
      await tasks('POST', '', { script, conda_env: 'new', requirements: 'idna==3.7  # names of hosts\n' }),
      {
        status: 201,
        body: {
          task: { task_id: 1, requirements: /idna==3\.7/ },
          environment_message: "Requirements installed in new environment 'new'",
        },
      },
    );
    t.match(await until(1, 'completed'), { generation: 1, exit_code: 0, logs: 'idna 3.7\n' });
    t.match((await call('GET', '/environment/new')).body, {
      packages: [{ name: 'idna', version: '3.7' }, { name: 'python' }],
    });

    t.equal((await call('POST', '/environment', { name: 'there', packages: ['first'] })).status, 201);
    const both = await tasks('POST', '', {
      script: `${script}\nimport first, six\nprint(first.NAME, six.__version__)`,
      conda_env: 'there',
      requirements: 'idna==3.7\nsix==1.16.0',
    });
    t.match(both, {
      status: 201,
      body: { environment_message: "Requirements installed in existing environment 'there'" },
    });
    t.match(await until(2, 'completed'), { generation: 2, logs: 'idna 3.7\nfirst 1.16.0\n' });
    // The requirement is already installed, so nothing is built.
    t.equal(await task({ script, conda_env: 'there', requirements: 'idna==3.7' }), 3);
    t.match(await until(3, 'completed'), { generation: 2 });

    const failing = { script, task_name: 'fails', requirements: 'idna==3.7\nmuster-no-such-package\n' };
    const said = {
      success: false,
      failed_packages: ['muster-no-such-package'],
      error_details: [/'muster-no-such-package' not found/],
      error: /muster-no-such-package/,
    };
    const alone = await tasks('POST', '', { ...failing, conda_env: 'never' });
    t.match(alone, {
      status: 400,
      body: { ...said, message: 'Failed to install requirements in new environment' },
    });
    t.notMatch(alone.body, { environment_state: String });
    t.equal((await call('GET', '/environment/never')).status, 404);
    t.match(await tasks('POST', '', { ...failing, conda_env: 'there' }), {
      status: 400,
      body: {
        ...said,
        message: 'Failed to install requirements in existing environment',
        environment_state: 'Environment may be in an inconsistent state, consider restoring from backup',
      },
    });
    t.match((await call('GET', '/environment/there')).body, {
      generation: 2,
      packages: [{ name: 'first' }, { name: 'idna' }, { name: 'python' }, { name: 'six' }],
    });
    t.match((await tasks('GET', '/stats')).body, { total: 3 });
    // The name of the failed task is free again.
    t.match(await until(await task({ script, conda_env: 'there', task_name: 'fails' }), 'completed'), {
      generation: 2,
      logs: 'idna 3.7\n',
    });
    await eventually(() => generationsOf(agent.dataDir).problems.length === 0);
    t.match(generationsOf(agent.dataDir), { ready: { length: 3 } });
    await invariantsHold(t, server);
  },
);
