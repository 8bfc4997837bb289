import { startAgent } from '../../fixtures/agent.js';
import { dockerdMissing, startDockerd } from '../../fixtures/dockerd.js';
import { readEvents } from '../../fixtures/event-log.js';
import { eventually } from '../../fixtures/eventually.js';
import { ownFolder } from '../../fixtures/folder.js';
import { OwnScope } from '../../fixtures/scope.js';
import { ServicesUser } from '../../fixtures/services-user.js';
import { startServer } from '../../fixtures/server.js';
import { number, quantile, type Figure, type Row } from '../row.js';

/** Warm-up starts to skip: the first containers of a daemon are not typical. */
const WARM = 3;
/** As the first process of its container, httpd would ignore SIGTERM. */
const SERVES = ['STOPSIGNAL SIGKILL', 'CMD ["/bin/busybox", "httpd", "-f", "-p", "80", "-h", "/bin"]'];
const CONFIG = {
  image: 'web:1',
  ports: [80],
  health: { type: 'http', path: '/busybox', port: 80, interval_seconds: 1 },
};

/** Starts and stops one service again and again. Measures from the request until the log says that its container has passed a check. */
export const serviceStartToHealthy: Row = {
  name: 'service-start-to-healthy',
  what: 'start of a service, request to healthy (http check) in the log, Docker, an idle node that has the image, p99',
  sense: 'most',
  bar: 1_500,
  quickBar: 15_000,
  unit: 'ms',
  missing: dockerdMissing,
  async measure({ quick, runs }) {
    const figures: number[] = [];
    const notes: string[] = [];
    for (let run = 1; run <= runs; run += 1) {
      const { whole, started } = await sample(quick ? 3 : 100);
      figures.push(quantile(whole, 0.99));
      notes.push(
        `run ${run}: ${whole.length} starts, p50 ${number(quantile(whole, 0.5))} ms, p90 ${number(quantile(whole, 0.9))} ms, p99 ${number(quantile(whole, 0.99))} ms, longest ${number(quantile(whole, 1))} ms; to started p50 ${number(quantile(started, 0.5))} ms, p99 ${number(quantile(started, 0.99))} ms`,
      );
    }
    return { runs: figures, notes } satisfies Figure;
  },
};

/** Milliseconds from each request to healthy (`whole`) and to started, sorted. */
async function sample(
  count: number,
): Promise<{ readonly whole: readonly number[]; readonly started: readonly number[] }> {
  const scope = new OwnScope();
  try {
    const dockerd = await startDockerd();
    scope.teardown(() => dockerd.stop());
    await dockerd.importImage('web:1', SERVES);
    const server = await startServer(scope, { env: { MUSTER_LOG_LEVEL: 'warn' } });
    await startAgent(scope, server, { dataDir: ownFolder(scope), env: { DOCKER_HOST: dockerd.host } });
    const ann = await ServicesUser.register(server.api, 'ann');
    const { id } = (await ann.post('/services', { name: 'web', type: 'web', config: CONFIG })).body;
    const sent: number[] = [];
    for (let start = 0; start < count + WARM; start += 1) {
      sent.push(performance.timeOrigin + performance.now());
      const { status, text } = await ann.post(`/services/${id}/start`);
      if (status !== 200) throw new Error(text);
      await eventually(async () => (await newest(ann, id)).healthy, {
        timeout: 30_000,
        interval: 50,
        what: `start ${start}`,
      });
      await ann.post(`/services/${id}/stop`);
      await eventually(async () => (await dockerd.docker.listContainers()).length === 0, {
        timeout: 30_000,
        interval: 50,
        what: `the end of start ${start}`,
      });
    }
    await server.stop();
    const events = await readEvents(server, { types: ['AllocationStarted', 'TaskHealthChanged'] });
    const times = (type: string): number[] => {
      const seen = new Set<string>();
      // On a busy machine a container may fail a check and pass a later one. Only the first pass counts.
      const first = events.filter((event) => {
        if (event.type !== 'AllocationStarted' && event.type !== 'TaskHealthChanged') return false;
        if (event.type !== type || (event.type === 'TaskHealthChanged' && event.data.healthy !== true))
          return false;
        const isFirst = !seen.has(event.data.allocationId);
        seen.add(event.data.allocationId);
        return isFirst;
      });
      if (first.length !== sent.length) throw new Error(`${first.length} of ${sent.length} events ${type}`);
      return first
        .map(({ metadata: { at } }, index) => at - (sent[index] ?? Number.NaN))
        .slice(WARM)
        .sort((one, other) => one - other);
    };
    return { whole: times('TaskHealthChanged'), started: times('AllocationStarted') };
  } finally {
    await scope.end();
  }
}

async function newest(ann: ServicesUser, id: string): Promise<{ readonly healthy: boolean }> {
  const { deployments } = await ann.get<{ deployments: { instances: { healthy: number } }[] }>(
    `/services/${id}/deployments?limit=1`,
  );
  return { healthy: (deployments[0]?.instances.healthy ?? 0) > 0 };
}
