import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cookieIn } from '../../fixtures/cookie.js';
import { condaToolsMissing } from '../../fixtures/conda/tools.js';
import { eventually } from '../../fixtures/eventually.js';
import { readEvents } from '../../fixtures/event-log.js';
import { folderForTenants } from '../../fixtures/folder.js';
import { OwnScope } from '../../fixtures/scope.js';
import { condaScene, moduleName } from '../conda/scene.js';
import { number, quantile, type Figure, type Row } from '../row.js';
import { WITH_ADMINISTRATOR } from '../tasks/tasks.js';

/** Warm-up runs to skip: the first runs fill caches that later ones use. */
const WARM = 3;
/** Seconds from the creation of a task to its slot. By then the server is idle. */
const DELAY = 0.2;

/**
 * Runs tasks in a ready environment one after another. Each records when its first line ran, which covers the whole way from the clock to the script.
 */
export const condaRunStart: Row = {
  name: 'conda-run-start',
  what: 'slot of a task in a realised environment to the first line of its script, less what plain python takes to its first line, idle server, p99',
  sense: 'most',
  bar: 100,
  quickBar: 5_000,
  unit: 'ms',
  missing: condaToolsMissing,
  async measure({ quick, runs }) {
    const figures: number[] = [];
    const notes: string[] = [];
    for (let run = 1; run <= runs; run += 1) {
      const { starts, plain } = await sample(quick ? 3 : 100);
      const own = quantile(plain, 0.5);
      figures.push(quantile(starts, 0.99) - own);
      notes.push(
        `run ${run}: ${starts.length} samples, p50 ${number(quantile(starts, 0.5))} ms, p99 ${number(quantile(starts, 0.99))} ms, longest ${number(quantile(starts, 1))} ms; plain python p50 ${number(own)} ms, p99 ${number(quantile(plain, 0.99))} ms`,
      );
    }
    return { runs: figures, notes } satisfies Figure;
  },
};

/** Milliseconds from slot to first line, and from a plain start of the same interpreter with the same script to its first line. Both are sorted. */
async function sample(
  count: number,
): Promise<{ readonly starts: readonly number[]; readonly plain: readonly number[] }> {
  const scope = new OwnScope();
  try {
    const scene = await condaScene(scope);
    const { api } = scene.server;
    const folder = folderForTenants(scope);
    const seen = join(folder, 'seen');
    writeFileSync(seen, '');
    // Tenant processes run as a different user.
    chmodSync(seen, 0o666);
    const script = `import time\nnow = time.time_ns()\nimport sys\nopen(${JSON.stringify(seen)}, 'a').write(f'{now} {sys.executable}\\n')\n`;
    const lines = (): string[] => readFileSync(seen, 'utf8').split('\n').slice(0, -1);
    await scene.make('started', { packages: Array.from({ length: 10 }, (_, index) => moduleName(index)) });
    const cookie = cookieIn(
      (await api.post('/login', { username: 'admin', password: WITH_ADMINISTRATOR.MUSTER_ADMIN_PASSWORD }))
        .headers,
    );
    for (let task = 1; task <= count + WARM; task += 1) {
      const made = await api.call(
        'POST',
        '/api/tasks',
        { script, conda_env: 'started', delay_seconds: DELAY },
        { headers: { cookie } },
      );
      if (made.status !== 201) throw new Error(`the task was not made: ${made.text}`);
      await eventually(() => lines().length >= task, { timeout: 60_000, interval: 20, what: `run ${task}` });
    }
    await scene.server.stop();
    const decided = await readEvents(scene.server, { types: ['TaskSlotDecided'] });
    const slots = decided.flatMap((event) =>
      event.type === 'TaskSlotDecided' && event.data.decision === 'run' ? event.data.slot : [],
    );
    const begun = lines().slice(WARM, count + WARM);
    const starts = begun.map((line, index) => momentOf(line) - (slots[index + WARM] ?? Number.NaN));
    return {
      starts: starts.sort(byValue),
      plain: plainStarts(begun[0]?.split(' ')[1] ?? '', script, join(folder, 'plain.py'), lines, count),
    };
  } finally {
    await scope.end();
  }
}

function plainStarts(
  python: string,
  script: string,
  file: string,
  lines: () => string[],
  count: number,
): readonly number[] {
  writeFileSync(file, script);
  const plain = Array.from({ length: count }, () => {
    const began = performance.timeOrigin + performance.now();
    execFileSync(python, ['-u', file]);
    return momentOf(lines().at(-1) ?? '') - began;
  });
  return plain.sort(byValue);
}

/** Milliseconds since 1970. */
function momentOf(line: string): number {
  return Number(BigInt(line.split(' ')[0] ?? '') / 1000n) / 1000;
}

function byValue(one: number, other: number): number {
  return one - other;
}
