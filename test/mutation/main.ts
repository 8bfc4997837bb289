/**
 * `npm run test:mutation -- FOLDER … [--sample N] [--seed S] [--tests N]`: breaks the modules below the folders in one small way at a time, and
 * runs the tests that are nearest to each until one fails. What survives is printed, then a table of scores by folder.
 */
import { setPriority } from 'node:os';
import { parseArgs } from 'node:util';
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

/** A sound run may take so long; a broken one thrice what the sound one took, and the start of a process. */
const SOUND_LIMIT_MS = 300_000;
const START_MS = 5_000;

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
setPriority(19);

/** Runs a test file against the sound program: how long it takes, and what it runs. Only one that passes can notice anything. */
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
  // A process that was killed says nothing of what it ran: the tests of the same folder are asked all the same.
  for (const near of later) {
    const noticed = await noticedBy(near, mutant);
    if (noticed !== undefined) return noticed;
  }
  return ran ? 'survived' : 'not run';
}

/** Undefined: the test does not notice. */
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
