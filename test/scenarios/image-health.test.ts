import t from 'tap';
import { containerScene } from '../fixtures/container-scene.js';
import { PATIENCE } from '../fixtures/eventually.js';
import { ServicesUser } from '../fixtures/services-user.js';

t.setTimeout(600_000);

const WAITS = 'CMD ["/bin/busybox", "sleep", "1000"]';
const checked = (test: string): string => `HEALTHCHECK --interval=1s --retries=1 CMD ${test}`;

void t.test("a deployment waits for the check of its service's image", async (t) => {
  const scene = await containerScene(t, {
    images: {
      'ill:1': [WAITS, checked('{ echo not yet; false; }')],
      'well:1': [WAITS, checked('true')],
    },
  });
  if (scene === undefined) return;
  const { dockerd, server } = scene;
  const ann = await ServicesUser.register(server.api, 'ann');
  const update = { min_healthy_seconds: 0, progress_deadline_seconds: 15 * PATIENCE };
  const { id } = (
    await ann.post('/services', {
      name: 'ill',
      type: 'ill',
      config: { image: 'ill:1', update, shm_size: 70 },
    })
  ).body;
  await ann.post(`/services/${id}/start`);
  const failed = await ann.settled(id, 1);
  t.match(failed, { status: 'failed' });
  t.match(failed.reason?.message, /the HEALTHCHECK of the image failed \d+ times in a row: .*not yet/);
  await ann.put(`/services/${id}`, { config: { image: 'well:1', update, shm_size: 70 } });
  await ann.post(`/services/${id}/start`);
  t.match(await ann.settled(id, 2), { status: 'completed' });
  const [container] = await dockerd.docker.listContainers();
  const { HostConfig } = await dockerd.docker.getContainer(container?.Id ?? '').inspect();
  t.equal(HostConfig.ShmSize, 70 * 1_048_576);
});
