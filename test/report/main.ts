/**
 * `tap --reporter=node --reporter-arg=dist/test/report/main.js`: a line a test file as it ends, what failed and why, and the totals as the last line.
 */
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { TapTally } from './tally.js';

const tally = new TapTally();
for await (const line of createInterface({ input: process.stdin })) {
  const report = tally.line(line);
  if (report === undefined) continue;
  const { passed, failed, skipped } = report.tally;
  const outcome = failed > 0 ? 'FAIL' : skipped > 0 ? 'skip' : 'pass';
  console.log(`${outcome}  ${report.file}  ${passed} passed${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}  (${report.seconds.toFixed(1)} s)`);
  for (const { name, diagnostics } of report.failures) {
    console.log(`      ✖ ${name}`);
    for (const text of diagnostics.slice(0, 120)) console.log(`        ${text}`);
  }
}
tally.end();
const { passed, failed, skipped } = tally.total;
const line = `${passed} passed, ${failed} failed, ${skipped} skipped`;
const file = process.env['MUSTER_TEST_TOTALS'];
if (file !== undefined) writeFileSync(file, `${line}\n`);
console.log(`\n${line}`);
