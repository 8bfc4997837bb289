import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startAgent } from '../../fixtures/agent.js';
import { OwnScope } from '../../fixtures/scope.js';
import { startFleet } from '../fleet.js';
import { number, type Figure, type Row } from '../row.js';
import { administrator, lastOf, makeTasks, WITH_ADMINISTRATOR, written } from '../tasks/tasks.js';

/** Measures the runs a second of one agent, with the start and end of every run in the log. */
async function measure(
  executor: 'http' | 'shell',
  { count, runs }: { readonly count: number; readonly runs: number },
): Promise<Figure> {
  const figures: number[] = [];
  const notes: string[] = [];
  for (let run = 0; run < runs; run += 1) {
    const scope = new OwnScope();
    const fleet = await startFleet(0, undefined, 'embedded', WITH_ADMINISTRATOR);
    try {
      const site = await startSite(scope);
      const server = new URL(fleet.server.url).host;
      await startAgent(scope, fleet.server, {
        env: {
          MUSTER_HTTP_ALLOW: site,
          MUSTER_HTTP_DENY: server,
          MUSTER_AGENT_RESOURCES: 'cpu=100000,memory=100000,slots=100',
        },
      });
      const account = await administrator(fleet.server);
      const work = executor === 'http' ? { executor, url: `http://${site}/` } : { executor, command: 'true' };
      const tasks = await makeTasks(fleet, account, 20, { ...work, resources: { cpu: 1_000, memory: 1 } });
      const triggered = await fleet.load({ kind: 'trigger', count, token: account.token, tasks });
      const all = await written(fleet.server, 'AllocationCompleted', count);
      const ended = lastOf(all);
      const third = Math.ceil(count / 3);
      figures.push(count / ((ended - triggered.startedAt) / 1000));
      notes.push(
        `run ${run + 1}: ${count} runs, triggered in ${number(triggered.seconds)} s, done after ${number((ended - triggered.startedAt) / 1000)} s; the first ${third} at ${number(third / ((lastOf(all.slice(0, third)) - triggered.startedAt) / 1000))} a second`,
      );
    } finally {
      await scope.end();
      await fleet.end();
    }
  }
  return { runs: figures, notes };
}

/** Starts a local server that responds at once, and returns its address. `called` runs at each request. */
export async function startSite(scope: OwnScope, called?: () => void): Promise<string> {
  const server = createServer((request, response) => {
    called?.();
    request.resume();
    response.end('ok');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  scope.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const common = { sense: 'least', unit: 'a second' } as const;

export const httpRuns: Row = {
  ...common,
  name: 'http-runs',
  what: 'http runs carried out by one agent against a local server, event for start and end, a hundred at a time',
  bar: 400,
  quickBar: 2,
  // Runs for half a minute, since a short run would mostly measure JIT compilation. The notes give the rate of the first third.
  measure: ({ quick, runs }) => measure('http', { count: quick ? 50 : 12_000, runs }),
};

export const shellRuns: Row = {
  ...common,
  name: 'shell-runs',
  what: 'shell runs (`true`) carried out by one agent on the two cores',
  bar: 100,
  quickBar: 1,
  measure: ({ quick, runs }) => measure('shell', { count: quick ? 20 : 1_000, runs }),
};
