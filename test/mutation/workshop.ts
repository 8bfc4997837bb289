import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a test file ended. A file that skips everything passes. */
export type Outcome = 'passed' | 'failed' | 'timed out';

/** A copy of the build in which one module at a time is replaced. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'mutation-'));
  readonly #temporary = join(this.folder, 't');

  constructor(root: string) {
    // Databases that tests start run as another user, who must be able to enter this folder.
    chmodSync(this.folder, 0o755);
    // Test folders are in `.tap`. Through a link, their paths would differ from those that the system reports.
    const own = new Set(['dist', 'package.json', 't', '.git', '.tap']);
    for (const name of readdirSync(root))
      if (!own.has(name)) symlinkSync(join(root, name), join(this.folder, name));
    cpSync(join(root, 'package.json'), join(this.folder, 'package.json'));
    cpSync(join(root, 'dist'), join(this.folder, 'dist'), { recursive: true });
  }

  read(module: string): string {
    return readFileSync(join(this.folder, module), 'utf8');
  }

  write(module: string, text: string): void {
    writeFileSync(join(this.folder, module), text);
  }

  /**
   * Runs a test file until its first failure. It runs in a separate process namespace, so that every process that a broken program
   * leaves behind ends with it.
   */
  async run(test: string, limitMs: number, env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
    removeFolder(this.#temporary);
    mkdirSync(this.#temporary);
    const args = [
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      'sh',
      '-c',
      '"$@"; exit $?',
      'sh',
      process.execPath,
      test,
    ];
    const child = spawn('unshare', args, {
      cwd: this.folder,
      stdio: 'ignore',
      env: { ...process.env, ...env, MUSTER_TEST_MODULES: '1', TAP_BAIL: '1', TMPDIR: this.#temporary },
    });
    return await new Promise((resolve, reject) => {
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        child.kill('SIGKILL');
      }, limitMs);
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(timer);
        resolve(late ? 'timed out' : code === 0 ? 'passed' : 'failed');
      });
    });
  }

  close(): void {
    removeFolder(this.folder);
  }
}

/** Removes a folder with `rm`, because tests leave paths that are too long for Node's own `rmSync`. */
function removeFolder(folder: string): void {
  const { status } = spawnSync('rm', ['-rf', '--', folder], { stdio: 'ignore' });
  if (status !== 0) throw new Error(`rm -rf ${folder} ended with ${status}`);
}
