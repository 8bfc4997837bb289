import { plural } from '#domain/kernel/plural.js';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateDocuments } from '#src/process/index.js';
import { Failure } from '../shared/failure.js';

/** Writes the generated descriptions, or compares them with the existing files and names those that are out of date. */
export async function openapi(options: { readonly write?: string; readonly check?: string }): Promise<void> {
  if ((options.write === undefined) === (options.check === undefined))
    throw new Failure('pass either --write DIRECTORY or --check DIRECTORY');
  const documents = await generateDocuments();
  if (options.write !== undefined) {
    await mkdir(options.write, { recursive: true });
    for (const [name, text] of Object.entries(documents)) await writeFile(join(options.write, name), text);
    return;
  }
  const drifted: string[] = [];
  for (const [name, text] of Object.entries(documents)) {
    const written = await readFile(join(options.check ?? '', name), 'utf8').catch(() => '');
    if (written !== text) drifted.push(name);
  }
  if (drifted.length > 0) throw new Failure(`out of date: ${drifted.join(', ')}; run: npm run openapi`);
  process.stdout.write(`${plural(Object.keys(documents).length, 'document')} up to date\n`);
}
