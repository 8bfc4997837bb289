import { existsSync, mkdirSync, readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { ownFolder } from '../../fixtures/folder.js';
import { job } from '../../fixtures/jobs.js';
import { OwnScope } from '../../fixtures/scope.js';
import { startServer } from '../../fixtures/server.js';
import { eventually, PATIENCE } from '../../fixtures/eventually.js';
import { number, quantile, type Figure, type Row } from '../row.js';

/**
 * The whole way on an idle machine: HTTP, log, plan, order to the local agent over HTTP, supervisor, shell, and the time that the task itself writes.
 */
export const submitToRunning: Row = {
  name: 'submit-to-running',
  what: 'submit to running (a file that the task itself writes), exec driver, idle server, p99',
  sense: 'most',
  bar: 100,
  quickBar: 5_000,
  unit: 'ms',
  async measure({ quick, runs }) {
    const figures: number[] = [];
    const notes: string[] = [];
    for (let run = 0; run < runs; run += 1) {
      const samples = await sample(quick ? 10 : 200);
      figures.push(quantile(samples, 0.99));
      notes.push(
        `run ${run + 1}: ${samples.length} samples, p50 ${number(quantile(samples, 0.5))} ms, p90 ${number(quantile(samples, 0.9))} ms, p99 ${number(quantile(samples, 0.99))} ms, longest ${number(quantile(samples, 1))} ms`,
      );
    }
    return { runs: figures, notes } satisfies Figure;
  },
};

async function sample(count: number): Promise<number[]> {
  const scope = new OwnScope();
  try {
    const folder = ownFolder(scope);
    const seen = join(folder, 'seen');
    mkdirSync(seen);
    const server = await startServer(scope, {
      dataDir: join(folder, 'server'),
      env: { MUSTER_EMBEDDED_AGENT: 'true', MUSTER_LOG_LEVEL: 'warn' },
    });
    await eventually(async () => (await server.api.nodes()).some((node) => node.healthy), {
      timeout: 20_000,
      what: 'the local agent',
    });
    const samples: number[] = [];
    // The first five are warm-up: the first allocations of a process are not typical.
    for (let index = -5; index < count; index += 1) {
      const file = join(seen, String(index));
      const written = appearance(seen, file);
      const began = performance.timeOrigin + performance.now();
      await server.api.submit(
        job(`job-${index + 5}`, {
          command: `date +%s%N > '${file}.new' && mv '${file}.new' '${file}'; exec sleep 3600`,
          cpu: 1,
          memory: 1,
        }),
      );
      await written;
      const ended = Number(BigInt(readFileSync(file, 'utf8').trim()) / 1000n) / 1000;
      if (index >= 0) samples.push(ended - began);
      await server.api.delete(`/jobs/job-${index + 5}`);
      await eventually(
        async () =>
          (await server.api.job(`job-${index + 5}`)).allocations.every((each) => each.status === 'stopped'),
        {
          timeout: 20_000,
          interval: 10,
          what: 'the end of a sample',
        },
      );
    }
    return samples.sort((a, b) => a - b);
  } finally {
    await scope.end();
  }
}

function appearance(folder: string, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(folder);
    const timer = setTimeout(() => {
      watcher.close();
      reject(new Error('the task did not start in time'));
    }, 20_000 * PATIENCE);
    watcher.on('change', () => {
      if (!existsSync(file)) return;
      clearTimeout(timer);
      watcher.close();
      resolve();
    });
  });
}
