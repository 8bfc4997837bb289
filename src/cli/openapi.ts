import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateDocuments } from '#src/server/index.js';
import { Failure } from './failure.js';

/** Writes the generated documents, or compares them with the written ones and names those that differ. */
export async function openapi(options: { readonly write?: string; readonly check?: string }): Promise<void> {
  if ((options.write === undefined) === (options.check === undefined)) throw new Failure('say either --write DIRECTORY or --check DIRECTORY');
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
  if (drifted.length > 0) throw new Failure(`not current: ${drifted.join(', ')}; run: npm run openapi`);
  process.stdout.write(`${Object.keys(documents).length} documents are current\n`);
}
