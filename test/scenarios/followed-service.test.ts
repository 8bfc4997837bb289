import t from 'tap';
import { containerScene } from '../fixtures/container-scene.js';
import { eventually } from '../fixtures/eventually.js';
import { Program } from '../fixtures/program.js';
import { ServicesUser } from '../fixtures/services-user.js';

t.setTimeout(600_000);

const SAYS = [
  'CMD ["/bin/busybox", "sh", "-c", "echo version $VERSION; trap \'exit 0\' TERM; busybox sleep 1000 & wait"]',
];
const config = (version: string, count: number) => ({
  image: 'says:1',
  environment: { VERSION: version },
  resources: { cpu: 50, memory: 32 },
  count,
  update: { min_healthy_seconds: 1, progress_deadline_seconds: 120 },
});

void t.test('a followed service goes on with each later instance, and ends with the service', async (t) => {
  const scene = await containerScene(t, { images: { 'says:1': SAYS } });
  if (scene === undefined) return;
  const { server, agent } = scene;
  const ann = await ServicesUser.register(server.api, 'ann');
  const follow = (...words: string[]): Program => {
    const program = Program.muster(['service', 'logs', 'says', '-f', ...words], {
      MUSTER_SERVER_URL: server.url,
      MUSTER_TOKEN: ann.token,
    });
    t.teardown(() => program.child.kill('SIGKILL'));
    return program;
  };
  const { id } = (await ann.post('/services', { name: 'says', type: 'web', config: config('one', 1) })).body;
  await ann.post(`/services/${id}/start`);
  const followed = follow();
  const ofOne = follow('--deployment', '1');
  const json = follow('-o', 'json');
  /** Waits until the log has a number of lines that the service itself wrote. */
  const written = async (count: number): Promise<string[]> =>
    await eventually(
      () => {
        const lines = followed.stdout.filter((line) => !line.startsWith('-- muster:'));
        return lines.length >= count ? lines : undefined;
      },
      { what: `${count} lines of the log`, timeout: 60_000 },
    );
  t.same(await written(1), ['version one'], 'the log waited for the first instance');
  await ann.settled(id, 1);

  await ann.post(`/services/${id}/restart`);
  t.same(await written(2), ['version one', 'version one'], 'after a restart');

  await agent.kill();
  await eventually(() => followed.stdout.some((line) => line.includes('cannot be read at present')), {
    what: 'the notice that the log broke off',
    timeout: 60_000,
  });
  await agent.start();

  await ann.put(`/services/${id}`, { config: config('two', 2) });
  t.match(await ann.settled(id, 2), { status: 'completed' });
  const lines = (await written(4)).slice(2);
  t.equal(lines.filter((line) => /^[0-9a-f]{8} \| version two$/.test(line)).length, 2, lines.join('\n'));
  t.match(await ofOne.exited, { code: 0 });
  t.match(ofOne.stdout.at(-1), /^-- muster: Deployment 1 is over\./);

  await ann.post(`/services/${id}/stop`);
  t.match(await followed.exited, { code: 0 });
  t.equal(followed.stdout.at(-1), '-- muster: The service is stopped. --');
  await json.exited;
  const parsed = json.stdout.map((line) => JSON.parse(line) as { instance: string | null; line: string });
  t.equal(parsed.filter(({ instance, line }) => instance !== null && line === 'version two').length, 2);
  t.match(parsed.at(-1), { instance: null, line: '-- muster: The service is stopped. --' });

  const again = follow();
  t.match(await again.exited, { code: 0 });
  t.equal(again.stdout.filter((line) => line.endsWith('version two')).length, 2, 'of a stopped service');

  await ann.post(`/services/${id}/start`);
  const last = follow();
  await eventually(() => last.stdout.some((line) => line.endsWith('version two')), {
    what: 'the service',
    timeout: 60_000,
  });
  await ann.erase(`/services/${id}`);
  t.match(await last.exited, { code: 0 });
  t.equal(last.stdout.at(-1), '-- muster: The service was deleted. --');
});
