/**
 * `npm run bench -- [--only NAME] [--runs N] [--wiring embedded|production|both] [--quick]`: runs the benchmarks, prints the results next to their
 * targets and, after a complete run without errors, writes `docs/benchmarks.md`.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keepLeftFolders } from '../fixtures/folder.js';
import { inCi } from '../fixtures/requirement.js';
import { measureRevisions } from './comparison/compare.js';
import { describeMachine } from './machine.js';
import { document, table } from './report.js';
import { productionParts } from './production.js';
import { judge, number, wiringsOf, type BenchWiring, type Measured, type Outcome, type Row } from './row.js';
import { commands } from './rows/commands.js';
import { history } from './rows/history.js';
import { lag } from './rows/lag.js';
import { getJob, memory } from './rows/loaded-server.js';
import { historyShare, past } from './rows/past.js';
import { placementsOfHundred, placementsOfOne } from './rows/placements.js';
import { rebuild } from './rows/rebuild.js';
import { runsList } from './rows/runs-list.js';
import { serviceStartToHealthy } from './rows/service-start-to-healthy.js';
import { slotToProcess } from './rows/slot-to-process.js';
import { submitToRunning } from './rows/submit-to-running.js';
import { taskTriggers } from './rows/task-triggers.js';
import { tasksDue } from './rows/tasks-due.js';
import { transparency } from './rows/transparency.js';

const ROWS: readonly Row[] = [
  commands,
  placementsOfHundred,
  placementsOfOne,
  rebuild,
  getJob,
  submitToRunning,
  memory,
  lag,
  taskTriggers,
  tasksDue,
  slotToProcess,
  runsList,
  serviceStartToHealthy,
];

/** Too slow for everyday runs: measured only when requested by name, and never with `--quick`. */
const BY_NAME: readonly Row[] = [history, past, historyShare, transparency];

const USAGE = `usage: npm run bench -- [options]

  --only NAME     one row; may be given again: ${ROWS.map(({ name }) => name).join(', ')}; only by name: ${BY_NAME.map(({ name }) => name).join(', ')}
  --runs N        runs of each row; the median counts (3)
  --wiring WHICH  embedded, production or both (both)
  --quick         a smoke test: small sizes, bars far below the real ones; writes nothing
  --beside REV    instead, build another revision and measure both in turn: commands, placements, GET of a job, heartbeats and triggers
                  of tasks, by processor time of each thread; --runs is the number of rounds
`;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', short: 'h', default: false },
    only: { type: 'string', multiple: true },
    runs: { type: 'string', default: '3' },
    wiring: { type: 'string', default: 'both' },
    quick: { type: 'boolean', default: false },
    beside: { type: 'string' },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const quick = values.quick;
if (values.beside !== undefined) {
  const sound = await measureRevisions(values.beside, { quick, rounds: quick ? 1 : Number(values.runs) });
  process.exit(sound ? 0 : 1);
}
const known = quick ? ROWS : [...ROWS, ...BY_NAME];
const unknown = (values.only ?? []).filter((name) => !known.some((row) => row.name === name));
if (unknown.length > 0) {
  console.error(`no such row: ${unknown.join(', ')}; there are ${known.map((row) => row.name).join(', ')}`);
  process.exit(64);
}
const rows = values.only === undefined ? ROWS : known.filter((row) => values.only?.includes(row.name));

const parts = await productionParts();
if (values.wiring !== 'embedded' && parts.missing !== undefined)
  console.log(`production is not measured: it needs ${parts.missing}`);
const wirings = (['embedded', 'production'] as const).filter(
  (wiring) =>
    ['both', wiring].includes(values.wiring) && (wiring === 'embedded' || parts.missing === undefined),
);
if (wirings.length === 0) {
  console.error('--wiring must be embedded, production or both, and the machine have what it needs');
  process.exit(64);
}

// Removing the folders of one row would slow the next.
keepLeftFolders();
const measured: Measured[] = [];
let broken = false;
for (const row of rows) {
  const outcomes: Partial<Record<BenchWiring, Outcome>> = {};
  const missing = row.missing?.();
  if (missing !== undefined) {
    console.log(`${row.name} is not measured: it needs ${missing}`);
    broken ||= inCi;
    measured.push({ row, outcomes });
    continue;
  }
  for (const wiring of wiringsOf(row).filter((each) => wirings.includes(each))) {
    console.log(`${row.name}, ${wiring}: ${row.what} …`);
    try {
      const outcome = judge(
        row,
        await row.measure({ quick, runs: quick ? 1 : Number(values.runs), wiring }),
        { quick, wiring },
      );
      outcomes[wiring] = outcome;
      for (const note of outcome.figure.notes) console.log(`  ${note}`);
      const verdict = wiring === wiringsOf(row)[0] ? (outcome.passed ? ': pass' : ': miss') : '';
      const share =
        outcome.share === undefined ? '' : `, ${outcome.share.toFixed(2)} of its floor (${row.floor})`;
      console.log(
        `  ${number(outcome.median)} ${row.unit}${share}${verdict}${outcome.figure.broken === undefined ? '' : ` (${outcome.figure.broken})`}`,
      );
    } catch (error) {
      broken = true;
      console.error(
        `  could not be measured: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
  }
  measured.push({ row, outcomes });
}
console.log(`\n${table(measured, quick)}\n`);
if (!quick && values.only === undefined && values.wiring === 'both' && !broken) {
  const file = join(process.cwd(), 'docs/benchmarks.md');
  const existing = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  const production =
    parts.missing === undefined ? parts.description : `not measured: ${parts.missing} is missing`;
  writeFileSync(
    file,
    document(existing, describeMachine(), new Date().toISOString().slice(0, 10), production, measured),
  );
  console.log(`written: ${file}`);
}
process.exitCode =
  broken || measured.some(({ outcomes }) => Object.values(outcomes).some(({ passed }) => !passed)) ? 1 : 0;
