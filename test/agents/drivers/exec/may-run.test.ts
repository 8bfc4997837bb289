import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { mayRun } from '#agents/drivers/exec/may-run.js';
import { folderForTenants } from '../../../fixtures/folder.js';
import { required } from '../../../fixtures/requirement.js';

const LIFE = new AbortController().signal;
const OWN = { owner: undefined, options: '', umask: '022' };
const OTHER = {
  owner: { uid: 64_321, gid: 64_321 },
  options: '--reuid=64321 --regid=64321 --clear-groups --no-new-privs',
  umask: '077',
};

void t.test(
  'a user can run executable files that it can reach, and learns nothing about others',
  async (t) => {
    if (!required(t, process.getuid?.() === 0, 'root')) return;
    const folder = folderForTenants(t);
    const fileIn = (place: string, name: string, mode: number): string => {
      mkdirSync(join(folder, place), { recursive: true });
      chmodSync(join(folder, place), 0o755);
      const file = join(folder, place, name);
      writeFileSync(file, '#!/bin/sh\n');
      chmodSync(file, mode);
      return file;
    };
    const open = fileIn('open', 'program', 0o755);
    const plain = fileIn('open', 'text', 0o644);
    const own = fileIn('open', 'own', 0o700);
    const closed = fileIn('closed', 'program', 0o755);
    chmodSync(join(folder, 'closed'), 0o700);
    const missing = join(folder, 'closed/missing');

    for (const user of [OWN, OTHER]) {
      t.equal(await mayRun(user, open, LIFE), true);
      for (const file of [plain, missing, join(folder, 'open'), '(', '-f', '$(id)'])
        t.equal(await mayRun(user, file, LIFE), false, file);
    }
    for (const file of [own, closed]) {
      t.equal(await mayRun(OWN, file, LIFE), true);
      t.equal(await mayRun(OTHER, file, LIFE), false);
    }
  },
);
