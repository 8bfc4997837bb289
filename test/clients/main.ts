/** `node dist/test/clients/main.js [NAME …]`: tests common client generators on our API documents, and the generated clients. */
import './install.js';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runFiles } from '../report/run.js';

const wanted = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
  .filter(
    (name) =>
      name.endsWith('.test.js') && (wanted.length === 0 || wanted.some((each) => name.startsWith(each))),
  )
  .sort()
  .map((name) => ({ path: join(import.meta.dirname, name) }));
if (files.length === 0)
  console.error(`There is no test in test/clients whose name begins with ${wanted.join(' or ')}.`);
process.exitCode = files.length > 0 && (await runFiles(files, { jobs: { atLeast: 2, atMost: 4 } })) ? 0 : 1;
