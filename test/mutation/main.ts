/**
 * `node dist/test/mutation/main.js FOLDER … [--sample N] [--seed S] [--tests N]`: makes one small change at a time
 * to the modules below the folders and runs the nearest tests until one fails. Prints the mutants that survive, then a table of scores by folder.
 */
import { setPriority } from 'node:os';
import { parseArgs } from 'node:util';
import { PATIENCE } from '../fixtures/eventually.js';
import { inCi } from '../fixtures/requirement.js';
import { Coverage } from './coverage.js';
import { moduleOf, mutantsBelow, sampled, type Mutant } from './mutant.js';
import { mirrors, Reach } from './reach.js';
import { described, scores, type Tried, type Verdict } from './score.js';
import { Workshop } from './workshop.js';

interface Known {
  readonly test: string;
  readonly tookMs: number;
  readonly coverage: Coverage;
}

/** Timeout of a test against the sound program. Against a mutant it is three times the measured duration, plus the start of a process. */
const SOUND_LIMIT_MS = 300_000;
const START_MS = 5_000 * PATIENCE;

const { values, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    tests: { type: 'string', default: '12' },
  },
});
const root = process.cwd();
const workshop = new Workshop(root);
const reach = new Reach(root);
const sound = new Map<string, Known | undefined>();
// In CI, other test files keep all cores busy. With the lowest priority, mutants would time out that no test notices.
if (!inCi) setPriority(19);

/** Measures the duration and coverage of a test file against the sound program. Only a test that passes there can notice a mutant. */
async function known(test: string): Promise<Known | undefined> {
  const began = performance.now();
  let outcome: string | undefined;
  const coverage = await Coverage.of(workshop.folder, async (env) => {
    outcome = await workshop.run(test, SOUND_LIMIT_MS, env);
  });
  if (outcome === 'passed') return { test, tookMs: performance.now() - began, coverage };
  console.log(`left out: ${test} ${outcome} against the sound program`);
  return undefined;
}

async function verdict(mutant: Mutant): Promise<Verdict> {
  const module = moduleOf(mutant.source);
  const later: Known[] = [];
  let ran = false;
  for (const test of reach.nearest(module, Number(values.tests))) {
    if (!sound.has(test)) sound.set(test, await known(test));
    const near = sound.get(test);
    if (near === undefined) continue;
    if (near.coverage.ran(module, mutant.start)) {
      ran = true;
      const noticed = await noticedBy(near, mutant);
      if (noticed !== undefined) return noticed;
    } else if (mirrors(test, module)) later.push(near);
  }
  // Killed processes report no coverage, so tests in the mirrored folder run even if they do not seem to reach the code.
  for (const near of later) {
    const noticed = await noticedBy(near, mutant);
    if (noticed !== undefined) return noticed;
  }
  return ran ? 'survived' : 'not run';
}

/** Returns undefined if the test does not notice the mutant. */
async function noticedBy(
  { test, tookMs }: Known,
  { source, start, end, replacement }: Mutant,
): Promise<Verdict | undefined> {
  const module = moduleOf(source);
  const text = workshop.read(module);
  workshop.write(module, `${text.slice(0, start)}${replacement}${text.slice(end)}`);
  const outcome = await workshop.run(test, START_MS + 3 * tookMs);
  workshop.write(module, text);
  if (outcome === 'passed') return undefined;
  return outcome === 'failed' ? 'killed' : 'timed out';
}

try {
  const all = folders.flatMap((folder) => mutantsBelow(root, folder.replace(/\/$/, '')));
  const chosen = sampled(all, Number(values.sample), values.seed);
  console.log(`${chosen.length} of ${all.length} mutants, seed ${values.seed}`);
  const tried: Tried[] = [];
  for (const mutant of chosen) {
    const one = { mutant, verdict: await verdict(mutant) };
    tried.push(one);
    if (one.verdict !== 'killed') console.log(`${one.verdict}: ${described(mutant)}`);
  }
  console.log(`\n${scores(all, tried)}`);
} finally {
  workshop.close();
}
