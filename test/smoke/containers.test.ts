import t from 'tap';
import { containerScene } from '../fixtures/container-scene.js';
import { eventually } from '../fixtures/eventually.js';
import { invariantsHold } from '../fixtures/invariants.js';
import { job } from '../fixtures/jobs.js';

void t.test('a container runs to its exit code with its log, and another one is stopped', async (t) => {
  const image = 'busybox:test';
  const scene = await containerScene(t, { images: { [image]: [] } });
  if (scene === undefined) return;
  const { dockerd, server } = scene;

  await server.api.submit(job('ends', { image, command: "sh -c 'echo from a container; exit 7'" }));
  await server.api.submit(job('stays', { image, command: 'sleep 3600' }));
  const ended = await server.api.jobIs('ends', 'failed', 30_000);
  const [allocation] = ended.allocations;
  t.match(allocation, { tasks: { main: { exit_code: 7 } } });
  const log = await server.api.get<{ logs: string }>(
    `/jobs/ends/allocations/${allocation?.allocation_id}/logs?task=main`,
  );
  t.match(log.text, /from a container/, log.text);

  await server.api.jobIs('stays', 'running', 30_000);
  const running = async (): Promise<number> => (await dockerd.docker.listContainers()).length;
  t.equal(await running(), 1, 'its container is running');
  await server.api.delete('/jobs/stays');
  await server.api.jobIs('stays', 'dead', 30_000);
  await eventually(async () => (await running()) === 0, { what: 'the end of the container' });
  await invariantsHold(t, server);
});
