import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import t from 'tap';
import { beginInstance } from '#agents/data-dir.js';
import { ownFolder } from '../fixtures/folder.js';

let made = 0;
const ids = { uuid: () => `i${(made += 1)}` };

void t.test('each run has an id of its own, and knows those of earlier runs on its directory', async (t) => {
  made = 0;
  const folder = ownFolder(t);
  t.same(await beginInstance(folder, ids), { instance: 'i1', earlier_instances: [] });
  t.same(await beginInstance(folder, ids), { instance: 'i2', earlier_instances: ['i1'] });
  for (let runs = 0; runs < 70; runs += 1) await beginInstance(folder, ids);
  const { earlier_instances: earlier = [] } = await beginInstance(folder, ids);
  t.equal(earlier.length, 64);
  t.equal(earlier.at(-1), 'i72');
  t.notOk(earlier.includes('i1'), 'only the newest are kept');
});

void t.test('lines that are no ids are dropped, so that they cannot spoil the registration', async (t) => {
  const folder = ownFolder(t);
  await beginInstance(folder, ids);
  await appendFile(path.join(folder, 'instances'), `${'x'.repeat(65)}\n a b\u0000c \n`);
  const { earlier_instances: earlier } = await beginInstance(folder, ids);
  t.equal(earlier?.length, 1);
});
