import t from 'tap';
import { modulePackage, pythonPackage } from '../fixtures/conda/channel.js';
import { condaFleet } from '../fixtures/conda/fleet.js';
import { eventually } from '../fixtures/eventually.js';
import { invariantsHold } from '../fixtures/invariants.js';

t.setTimeout(600_000);

const MODULES = ['first', 'second', 'third'] as const;
/** Each environment takes a megabyte, so two do not fit. */
const BOUND = { MUSTER_CONDA_TENANT_GB: '0.0015' };

void t.test(
  "environments that exceed the tenant's quota fail, even when created concurrently, and succeed once there is space",
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
    // All builds begin before the first one ends.
    const held = channel.hold('-1.0-py_0');
    const asked = MODULES.map(async (name) => ({
      name,
      answer: await call('POST', '/environment', { name, packages: [name] }),
    }));
    await eventually(() => held.waiting >= MODULES.length, { timeout: 60_000, what: 'all builds waiting' });
    held.letGo();
    const answers = await Promise.all(asked);
    const [made, ...more] = answers.filter(({ answer }) => answer.status === 201);
    t.same(more, [], 'only one environment is created');
    const refused = answers.filter(({ answer }) => answer.status !== 201);
    for (const { name, answer } of refused) {
      t.match(
        answer,
        {
          status: 400,
          body: {
            message: 'Failed to create environment',
            error: /would exceed their disk quota \(MUSTER_CONDA_TENANT_GB\)/,
          },
        },
        name,
      );
      t.equal((await call('GET', `/environment/${name}`)).status, 404);
    }
    const events = await (await fetch(`${server.url}/audit/events?type=QuotaRefused`)).text();
    t.match(events, /"quota":"environment_bytes","limit":1500000,/, 'the refusal is an event');
    const [next] = refused;
    const again = async () =>
      await call('POST', '/environment', { name: next?.name, packages: [next?.name] });
    t.match(await again(), { status: 400 }, 'no second environment fits the quota');
    t.equal((await call('DELETE', `/environment/${made?.name ?? ''}`)).status, 204);
    t.match(await again(), { status: 201 }, 'after a deletion another environment fits');
    t.match((await call('GET', `/environment/${next?.name ?? ''}/builds`)).body, {
      builds: [{ status: 'built' }],
    });
    await invariantsHold(t, server);
  },
);
