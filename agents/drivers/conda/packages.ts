import { chownSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { BuildRequest } from './build-request.js';
import { seal } from './generations/seal.js';

interface Folders {
  /** Where the build's tools unpack. */
  readonly own: string;
  /** Where they do not reach it any more. */
  readonly kept: string;
  /** Where all builds of the tenant find it. */
  readonly shared: string;
}

/** Unpacked packages of a build, and those that it has in common with other builds of its tenant. Each has a file `.lock` that tells what it is. */
export class Packages {
  readonly own: string;

  constructor(
    private readonly folders: Folders,
    private readonly owner: BuildRequest['owner'],
  ) {
    this.own = folders.own;
    mkdirSync(folders.kept, { recursive: true, mode: 0o700 });
  }

  /** Lets the build's tools have of these packages what others have unpacked of the very same content, and returns which. Its `.lock`, which they write to, is their own. */
  lend(wanted: readonly { readonly name: string; readonly sha256: string }[]): ReadonlySet<string> {
    const { own, shared } = this.folders;
    const lent = new Set<string>();
    for (const { name, sha256 } of wanted) {
      const [there, told] = [path.join(shared, name), path.join(shared, `${name}.lock`)];
      if (!existsSync(there) || !existsSync(told) || !readFileSync(told).includes(Buffer.from(sha256, 'hex'))) continue;
      lent.add(name);
      const lock = path.join(own, `${name}.lock`);
      symlinkSync(there, path.join(own, name));
      writeFileSync(lock, readFileSync(told), { mode: 0o600 });
      if (this.owner !== undefined) chownSync(lock, this.owner.uid, this.owner.gid);
    }
    return lent;
  }

  /** What was unpacked so far is to serve other builds. Called where no code of a package has run yet, and by no back end where one may have. */
  keep(): void {
    const { own, kept, shared } = this.folders;
    for (const name of readdirSync(own)) {
      const from = path.join(own, name);
      if (!lstatSync(from).isDirectory() || !existsSync(path.join(from, 'info/index.json')) || existsSync(path.join(shared, name))) continue;
      seal(from, { owner: this.owner });
      writeFileSync(path.join(kept, `${name}.lock`), readFileSync(`${from}.lock`), { mode: 0o600 });
      renameSync(from, path.join(kept, name));
    }
  }

  /** Others find what was kept: it is on the disk. Of a package that another build brings at the same time, all is theirs: what tells of one is not the other's. */
  publish(): void {
    const { kept, shared } = this.folders;
    for (const name of readdirSync(kept).filter((each) => !each.endsWith('.lock'))) {
      if (moved(path.join(kept, name), path.join(shared, name))) renameSync(path.join(kept, `${name}.lock`), path.join(shared, `${name}.lock`));
    }
  }
}

/** Moves a folder to where none is; false: one is there, whichever build brought it. The move itself has to say so: between a look and a move another build may bring one. */
function moved(folder: string, to: string): boolean {
  try {
    renameSync(folder, to);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw error;
  }
}
