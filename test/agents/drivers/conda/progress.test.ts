import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { withProgress } from '#agents/drivers/conda/progress.js';
import { eventually } from '../../../fixtures/eventually.js';
import { ownFolder } from '../../../fixtures/folder.js';

void t.test('reports each number of installed packages exactly once', async (t) => {
  const prefix = ownFolder(t);
  const said: string[] = [];
  let make = (): void => undefined;
  const making = new Promise<void>((resolve) => (make = resolve));
  // Each sleep is one tick, until the work is over.
  const clock = { sleep: async () => await new Promise<void>((resolve) => setImmediate(resolve)) };
  const over = withProgress(prefix, 3, (line) => void said.push(line), clock, making);
  mkdirSync(join(prefix, 'conda-meta'));
  for (const name of ['python-3.11.9-0.json', 'numpy-1.0-0.json', 'history'])
    writeFileSync(join(prefix, 'conda-meta', name), '');
  await eventually(() => said.at(-1) === '2 of 3 packages');
  const site = join(prefix, 'lib/python3.11/site-packages');
  for (const name of ['a', 'b', 'c']) mkdirSync(join(site, `${name}-1.0.dist-info`), { recursive: true });
  await eventually(() => said.at(-1) === '3 of 3 packages');
  make();
  await over;
  t.same(said, [...new Set(said)]);
});

void t.test('rejects with the original error if the installation fails', async (t) => {
  const clock = { sleep: async () => await new Promise<void>((resolve) => setImmediate(resolve)) };
  await t.rejects(
    withProgress(ownFolder(t), 1, () => undefined, clock, Promise.reject(new Error('no such package'))),
    { message: 'no such package' },
  );
});
