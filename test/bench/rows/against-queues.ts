import { eventually } from '../../fixtures/eventually.js';
import { ownFolder } from '../../fixtures/folder.js';
import { OwnScope } from '../../fixtures/scope.js';
import { startServer } from '../../fixtures/server.js';
import { peers, peersMissing, type Peers } from '../peers/peers.js';
import { number, quantile, type Row } from '../row.js';
import { administrator, WITH_ADMINISTRATOR } from '../tasks/tasks.js';
import { httpRuns, startSite } from './agent-runs.js';

/**
 * Compares empty jobs in third-party queues with the closest equivalent: a run that makes an HTTP call on this machine. A run is more than such a
 * job: it is placed on a node, an agent carries it out, and its start, its end and every decision in between are recorded in the log.
 */
export const jobsAgainstQueues: Row = {
  name: 'jobs-against-queues',
  what: 'runs triggered and carried out (an http call on this machine), against jobs that do nothing in queues of others, durable before the answer',
  sense: 'least',
  floor: 'd',
  bar: 1,
  quickBar: 2,
  unit: 'a second',
  missing: peersMissing,
  async measure(options) {
    const { runs, notes } = await httpRuns.measure(options);
    const others = await peers(options.quick);
    const best = Math.max(...Object.values(others).map(({ jobsPerSecond }) => jobsPerSecond));
    return { runs, floors: runs.map(() => best), notes: [...notes, ...told(others)] };
  },
};

export const dueAgainstQueues: Row = {
  name: 'due-against-queues',
  what: 'from due to begun (an http call arrives), idle server, p99, against jobs with a delay in queues of others',
  sense: 'most',
  floor: 'd',
  bar: 1,
  quickBar: 5_000,
  unit: 'ms',
  missing: peersMissing,
  async measure({ quick, runs: times }) {
    const others = await peers(quick);
    const best = Math.min(...Object.values(others).map(({ dueP99 }) => dueP99));
    const runs: number[] = [];
    const notes: string[] = [];
    for (let run = 0; run < times; run += 1) {
      const late = await fromDueToCall(quick ? 3 : 100);
      runs.push(quantile(late, 0.99));
      notes.push(
        `run ${run + 1}: ${late.length} calls, p50 ${number(quantile(late, 0.5))} ms, longest ${number(quantile(late, 1))} ms`,
      );
    }
    return { runs, floors: runs.map(() => best), notes: [...notes, ...told(others)] };
  },
};

function told(others: Peers): string[] {
  return Object.entries(others).map(
    ([name, { jobsPerSecond, sentPerSecond, answerP99, dueP50, dueP99 }]) =>
      `${name}: ${number(jobsPerSecond)} jobs a second until the last was done, ${number(sentPerSecond)} sent a second, p99 of an answer ${number(answerP99)} ms; ` +
      `from due to begun p50 ${number(dueP50)} ms, p99 ${number(dueP99)} ms`,
  );
}

/** Returns how late each call of a task that fires every second arrives, in milliseconds, shortest first. */
async function fromDueToCall(count: number): Promise<number[]> {
  const scope = new OwnScope();
  try {
    const late: number[] = [];
    const address = await startSite(scope, () => late.push(Date.now() % 1_000));
    const server = await startServer(scope, {
      dataDir: ownFolder(scope),
      env: {
        MUSTER_EMBEDDED_AGENT: 'true',
        MUSTER_LOG_LEVEL: 'warn',
        MUSTER_HTTP_ALLOW: address,
        ...WITH_ADMINISTRATOR,
      },
    });
    await eventually(async () => (await server.api.nodes()).some((node) => node.healthy), {
      timeout: 20_000,
      what: 'the local agent',
    });
    const account = await administrator(server);
    await account.create({
      name: 'each second',
      schedule: '* * * * * *',
      concurrency: 'allow',
      executor: 'http',
      url: `http://${address}/`,
    });
    // The first three calls are warm-up.
    const wanted = count + 3;
    await eventually(() => late.length >= wanted, {
      timeout: wanted * 1_000 + 60_000,
      interval: 200,
      what: `${wanted} calls`,
    });
    return late.slice(3, wanted).sort((a, b) => a - b);
  } finally {
    await scope.end();
  }
}
