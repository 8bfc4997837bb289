import { condaToolsMissing } from '../../fixtures/conda/tools.js';
import { eventually } from '../../fixtures/eventually.js';
import { job } from '../../fixtures/jobs.js';
import { OwnScope } from '../../fixtures/scope.js';
import type { Server } from '../../fixtures/server.js';
import { condaScene, moduleName, MODULES, type CondaScene } from '../conda/scene.js';
import { number, quantile, type Figure, type Row } from '../row.js';

/** An environment from a lock that its node has built before: nothing is solved, fetched or linked. */
export const condaCachedBuild: Row = {
  name: 'conda-cached-build',
  what: 'create of an environment of 50 packages whose lock the node has made before, request to ready, idle server, p99',
  sense: 'most',
  bar: 300,
  quickBar: 10_000,
  unit: 'ms',
  missing: condaToolsMissing,
  measure: async ({ quick, runs }) =>
    await measured(runs, async (scene, run) => {
      await scene.make(`first-${run}`, { packages: fifty(0) });
      const { text } = await scene.call('GET', `/environment/first-${run}/export?format=lock`);
      const lock: unknown = JSON.parse(text);
      const made = await samples(quick ? 3 : 100, async (index) => {
        const took = await scene.make(`again-${run}-${index}`, { lock });
        await scene.call('DELETE', `/environment/again-${run}-${index}`);
        return took;
      });
      const bare = await samples(
        quick ? 3 : 30,
        async (index) => await bareJob(scene.server, `bare-${run}-${index}`),
      );
      return {
        figure: quantile(made, 0.99),
        note: `${told(made)}; a job \`true\` from its submission to its end, right after: ${told(bare)}`,
      };
    }),
};

/** An environment that is solved and linked from packages that the node has unpacked before, but never in this combination. */
export const condaFiftyPackages: Row = {
  name: 'conda-fifty-packages',
  what: 'create of an environment of 50 packages, solved by rattler and linked from a warm cache, request to ready, idle server, p99',
  sense: 'most',
  bar: 2_000,
  quickBar: 30_000,
  unit: 'ms',
  missing: condaToolsMissing,
  measure: async ({ quick, runs }) =>
    await measured(runs, async (scene, run) => {
      const all = Array.from({ length: MODULES }, (_, index) => moduleName(index));
      const cold = await scene.make(`all-${run}`, { packages: all });
      const logs: string[] = [];
      const made = await samples(quick ? 2 : 20, async (index) => {
        const name = `fifty-${run}-${index}`;
        const took = await scene.make(name, { packages: fifty(index) });
        logs.push((await scene.call('GET', `/environment/${name}/generations/1/log`)).text);
        await scene.call('DELETE', `/environment/${name}`);
        return took;
      });
      const said = /Solved in \S+ s|Ready after \S+ s: \S+ MB/g;
      return {
        figure: quantile(made, 0.99),
        note: `${told(made)}; all ${MODULES + 1} packages into an empty cache before: ${number(cold)} ms; what the last builder said: ${(logs.at(-1)?.match(said) ?? []).join(', ')}`,
      };
    }),
};

interface Run {
  readonly figure: number;
  readonly note: string;
}

/** Measures a row `runs` times, each time with a new server, node and channel. */
async function measured(
  runs: number,
  once: (scene: CondaScene, run: number) => Promise<Run>,
): Promise<Figure> {
  const found: Run[] = [];
  for (let run = 1; run <= runs; run += 1) {
    const scope = new OwnScope();
    try {
      found.push(await once(await condaScene(scope), run));
    } finally {
      await scope.end();
    }
  }
  return {
    runs: found.map(({ figure }) => figure),
    notes: found.map(({ note }, index) => `run ${index + 1}: ${note}`),
  };
}

/** Returns `count` figures taken one after another, sorted. Two more before them are warm-up. */
async function samples(count: number, take: (index: number) => Promise<number>): Promise<number[]> {
  const taken: number[] = [];
  for (let index = 0; index < count + 2; index += 1) taken.push(await take(index));
  return taken.slice(2).sort((one, other) => one - other);
}

/** 49 modules, which make fifty packages with Python. */
function fifty(from: number): string[] {
  return Array.from({ length: 49 }, (_, index) => moduleName(from + index));
}

async function bareJob({ api }: Server, id: string): Promise<number> {
  const began = performance.now();
  await api.submit(job(id, { command: 'true', cpu: 1, memory: 1 }));
  await eventually(async () => (await api.job(id)).status === 'complete', {
    timeout: 20_000,
    interval: 5,
    what: 'the end of a job',
  });
  return performance.now() - began;
}

function told(sorted: readonly number[]): string {
  return `${sorted.length} samples, p50 ${number(quantile(sorted, 0.5))} ms, p99 ${number(quantile(sorted, 0.99))} ms, longest ${number(quantile(sorted, 1))} ms`;
}
