import t from 'tap';
import { modulePackage, pythonPackage } from '../fixtures/conda/channel.js';
import { condaFleet } from '../fixtures/conda/fleet.js';
import { eventually } from '../fixtures/eventually.js';
import { invariantsHold } from '../fixtures/invariants.js';

t.setTimeout(600_000);

const MODULES = ['first', 'second', 'third'] as const;
/** Each takes a megabyte, and two do not fit. */
const BOUND = { MUSTER_CONDA_TENANT_GB: '0.0015' };

void t.test(
  'of environments created concurrently, those that exceed the quota of their tenant fail, and succeed once there is space',
  async (t) => {
    const files = (name: string) => ({
      [`site-packages/${name}.py`]: `NAME = "${name}"\n`,
      [`site-packages/${name}.txt`]: name.padEnd(1_000_000, 'x'),
    });
    const fleet = await condaFleet(
      t,
      [pythonPackage(), ...MODULES.map((name) => modulePackage(name, { files: files(name) }))],
      BOUND,
    );
    if (fleet === undefined) return;
    const { server, channel, call } = fleet;
    await fleet.agent();
    // All are built before the first of them ends.
    const held = channel.hold('-1.0-py_0');
    const asked = MODULES.map(async (name) => ({
      name,
      answer: await call('POST', '/environment', { name, packages: [name] }),
    }));
    await eventually(() => held.waiting >= MODULES.length, { timeout: 60_000, what: 'builds that all wait' });
    held.letGo();
    const answers = await Promise.all(asked);
    const [made, ...more] = answers.filter(({ answer }) => answer.status === 201);
    t.same(more, [], 'one is made');
    const refused = answers.filter(({ answer }) => answer.status !== 201);
    for (const { name, answer } of refused) {
      t.match(
        answer,
        {
          status: 400,
          body: {
            message: 'Failed to create environment',
            error: /more than they may have \(MUSTER_CONDA_TENANT_GB\)/,
          },
        },
        name,
      );
      t.equal((await call('GET', `/environment/${name}`)).status, 404);
    }
    const [next] = refused;
    const again = async () =>
      await call('POST', '/environment', { name: next?.name, packages: [next?.name] });
    t.match(await again(), { status: 400 }, 'there is room for no other');
    t.equal((await call('DELETE', `/environment/${made?.name ?? ''}`)).status, 204);
    t.match(await again(), { status: 201 }, 'there is room again');
    t.match((await call('GET', `/environment/${next?.name ?? ''}/builds`)).body, {
      builds: [{ status: 'built' }],
    });
    await invariantsHold(t, server);
  },
);
