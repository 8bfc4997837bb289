import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { BuildRequest } from './build-request.js';
import { seal } from './generations/seal.js';
import { hasCode } from '../../platform/error-code.js';

interface Folders {
  readonly own: string;
  readonly kept: string;
  readonly shared: string;
}

/** Unpacked packages of a build, and those that it shares with other builds of its tenant. Each package has a `.lock` file that identifies it. */
export class Packages {
  readonly own: string;

  constructor(
    private readonly folders: Folders,
    private readonly owner: BuildRequest['owner'],
  ) {
    this.own = folders.own;
    mkdirSync(folders.kept, { recursive: true, mode: 0o700 });
  }

  /**
   * Links packages with identical content from other builds into this build's own cache, and returns their names. The `.lock` files are copied,
   * because tools write to them.
   */
  lend(wanted: readonly { readonly name: string; readonly sha256: string }[]): ReadonlySet<string> {
    const { own, shared } = this.folders;
    const lent = new Set<string>();
    for (const { name, sha256 } of wanted) {
      const [there, told] = [path.join(shared, name), path.join(shared, `${name}.lock`)];
      if (!existsSync(there) || !existsSync(told) || !readFileSync(told).includes(Buffer.from(sha256, 'hex')))
        continue;
      lent.add(name);
      const lock = path.join(own, `${name}.lock`);
      symlinkSync(there, path.join(own, name));
      writeFileSync(lock, readFileSync(told), { mode: 0o600 });
      if (this.owner !== undefined) chownSync(lock, this.owner.uid, this.owner.gid);
    }
    return lent;
  }

  /** Saves unpacked packages for other builds. Must be called before any package code can have run. */
  keep(): void {
    const { own, kept, shared } = this.folders;
    for (const name of readdirSync(own)) {
      const from = path.join(own, name);
      if (
        !lstatSync(from).isDirectory() ||
        !existsSync(path.join(from, 'info/index.json')) ||
        existsSync(path.join(shared, name))
      )
        continue;
      seal(from, { owner: this.owner });
      writeFileSync(path.join(kept, `${name}.lock`), readFileSync(`${from}.lock`), { mode: 0o600 });
      renameSync(from, path.join(kept, name));
    }
  }

  /**
   * Publishes saved packages once they are on disk. If another build publishes the same package at the same time, only its files are used, because
   * the metadata must match them.
   */
  publish(): void {
    const { kept, shared } = this.folders;
    for (const name of readdirSync(kept).filter((each) => !each.endsWith('.lock'))) {
      if (moved(path.join(kept, name), path.join(shared, name)))
        renameSync(path.join(kept, `${name}.lock`), path.join(shared, `${name}.lock`));
    }
  }
}

/**
 * Moves a directory unless the destination exists, and returns whether it was moved. The move itself must detect an existing destination, because
 * another build may create it between a check and the move.
 */
function moved(folder: string, to: string): boolean {
  try {
    renameSync(folder, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOTEMPTY', 'EEXIST')) return false;
    throw error;
  }
}
