/** `npm run bench -- [--only NAME] [--runs N] [--quick]`: measures the speed table, prints it beside the bars, writes `docs/benchmarks.md`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from './machine.js';
import { document, table } from './report.js';
import { judge, number, type Measured, type Row } from './row.js';
import { commands } from './rows/commands.js';
import { getJob, memory } from './rows/loaded-server.js';
import { placementsOfHundred, placementsOfOne } from './rows/placements.js';
import { purePlacement } from './rows/pure-placement.js';
import { rebuild } from './rows/rebuild.js';
import { submitToRunning } from './rows/submit-to-running.js';

const ROWS: readonly Row[] = [commands, placementsOfHundred, placementsOfOne, purePlacement, rebuild, getJob, submitToRunning, memory];

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, runs: { type: 'string', default: '3' }, quick: { type: 'boolean', default: false } },
});
const quick = values.quick;
const unknown = (values.only ?? []).filter((name) => !ROWS.some((row) => row.name === name));
if (unknown.length > 0) {
  console.error(`no such row: ${unknown.join(', ')}; there are ${ROWS.map((row) => row.name).join(', ')}`);
  process.exit(64);
}
const rows = ROWS.filter((row) => values.only === undefined || values.only.includes(row.name));

const measured: Measured[] = [];
let broken = false;
for (const row of rows) {
  console.log(`${row.name}: ${row.what} …`);
  try {
    const result = judge(row, await row.measure({ quick, runs: quick ? 1 : Number(values.runs) }), quick);
    measured.push(result);
    for (const note of result.figure.notes) console.log(`  ${note}`);
    console.log(`  ${number(result.median)} ${row.unit}: ${result.passed ? 'pass' : 'miss'}${result.figure.broken === undefined ? '' : ` (${result.figure.broken})`}`);
  } catch (error) {
    broken = true;
    console.error(`  could not be measured: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
console.log(`\n${table(measured, quick)}\n`);
if (!quick && values.only === undefined && !broken) {
  const file = join(process.cwd(), 'docs/benchmarks.md');
  const existing = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  writeFileSync(file, document(existing, describeMachine(), new Date().toISOString().slice(0, 10), measured));
  console.log(`written: ${file}`);
}
process.exitCode = broken || measured.some((each) => !each.passed) ? 1 : 0;
