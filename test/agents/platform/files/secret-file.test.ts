import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { readSecretFile } from '#agents/platform/files/secret-file.js';

void t.test('reads a secret without its newline, if protected from other users', async (t) => {
  const file = path.join(t.testdir(), 'token');
  writeFileSync(file, 'the-secret-of-the-file\n', { mode: 0o600 });
  for (const mode of [0o400, 0o600, 0o640, 0o440]) {
    chmodSync(file, mode);
    t.equal(readSecretFile(file), 'the-secret-of-the-file', mode.toString(8));
  }
  for (const mode of [0o644, 0o604, 0o660, 0o602]) {
    chmodSync(file, mode);
    t.throws(
      () => readSecretFile(file),
      /may be read or changed by other users of this machine: chmod 600/,
      mode.toString(8),
    );
  }
  t.equal(readSecretFile(file, path.dirname(file)), 'the-secret-of-the-file', 'an exempt directory');
  chmodSync(file, 0o600);
  writeFileSync(file, '\n');
  t.throws(() => readSecretFile(file), /is empty/);
  t.throws(() => readSecretFile(`${file}-not-there`), /ENOENT/);
});

void t.test('refuses a device or a FIFO at once', async (t) => {
  const fifo = path.join(t.testdir(), 'fifo');
  execFileSync('mkfifo', ['-m', '600', fifo]);
  for (const file of [fifo, '/dev/zero', '/dev/null'])
    t.throws(() => readSecretFile(file), /is not a regular file/, file);
});
