/** `npm test [-- NAME …]`: every test but those of `test:clients`, or the files whose path below `test/` begins with one of the names: `domain`, `scenarios/blocked`. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runFiles } from './report/run.js';

/** On two cores: tests wait as much as they work. */
const JOBS = 3;

/** What was moved leaves its compiled file behind. */
const SOURCES = resolve(import.meta.dirname, '../../test');

const names = process.argv.slice(2);
const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.js') && !path.startsWith('clients/') && (names.length === 0 || names.some((name) => path.startsWith(name))))
  .filter((path) => existsSync(join(SOURCES, path.replace(/\.js$/, '.ts'))))
  .sort()
  .map((path) => join(import.meta.dirname, path));
if (files.length === 0) console.error(`There is no test whose path below test/ begins with ${names.join(' or ')}.`);
process.exitCode = files.length > 0 && (await runFiles(files, { jobs: JOBS })) ? 0 : 1;
