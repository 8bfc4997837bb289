import t from 'tap';
import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { makeDataFolder } from '#agents/platform/files/data-folder.js';
import { eventually } from '../../../fixtures/eventually.js';

/** Makes and removes files that others can read, as a running server could. */
const COMING_AND_GOING = `
  const { chmodSync, rmSync, writeFileSync } = require('node:fs');
  const { workerData: files } = require('node:worker_threads');
  for (;;) for (const file of files) { writeFileSync(file, ''); chmodSync(file, 0o644); rmSync(file); }
`;

void t.test('closes the files of a data directory to others, while some come and go', async (t) => {
  const directory = t.testdir({ 'events.db': '', open: '' });
  const open = path.join(directory, 'open');
  const files = ['a', 'b', 'c'].map((name) => path.join(directory, name));
  const worker = new Worker(COMING_AND_GOING, { eval: true, workerData: files });
  try {
    await eventually(() => files.some((file) => existsSync(file)));
    for (let round = 0; round < 3_000; round += 1) makeDataFolder(directory, { passable: false });
  } finally {
    // It must have ended before the directory is removed.
    await worker.terminate();
  }
  chmodSync(open, 0o666);
  makeDataFolder(directory, { passable: false });
  t.equal(statSync(open).mode & 0o777, 0o600);
});

void t.test('leaves a directory with other content as it is', async (t) => {
  const directory = t.testdir();
  const file = path.join(directory, 'letter');
  writeFileSync(file, '');
  chmodSync(file, 0o644);
  makeDataFolder(directory, { passable: false });
  t.equal(statSync(file).mode & 0o777, 0o644);
});
