import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

interface Mark {
  /** Of the machine's run in which the file was checked. */
  readonly boot: string;
  readonly device: number;
  readonly inode: number;
  /** How the file was left when it was closed; absent while it is open, or where its process was killed. */
  readonly left?: { readonly size: number; readonly changed: number };
}

/**
 * Remembers, next to a database, that it passed SQLite's own check. The check reads the whole file, half a minute for ten million events. A process that
 * is killed cannot damage it (SQLite's WAL sees to that), so it need not be checked again until the machine was started anew (its power may have failed),
 * another hand has changed the file or put another in its place, or a disk has failed. Where the system does not tell one start from the next, nothing is remembered.
 */
export class IntegrityCheck {
  readonly #path: string;

  constructor(private readonly file: string) {
    this.#path = `${file}-checked`;
  }

  /** Whether the file is as it was when it was checked, but for what its own process wrote. */
  holds(): boolean {
    try {
      const { boot, device, inode, left } = JSON.parse(readFileSync(this.#path, 'utf8')) as Mark;
      const { dev, ino, size, mtimeMs } = statSync(this.file);
      const untouched = left === undefined || (left.size === size && left.changed === mtimeMs);
      return boot === bootId() && device === dev && inode === ino && untouched;
    } catch {
      return false;
    }
  }

  /** It passed, and is open. */
  opened(): void {
    this.#write(false);
  }

  /** It is closed: who changes it now is another. */
  closed(): void {
    this.#write(true);
  }

  /** A disk failed: what the file holds is not known. */
  drop(): void {
    rmSync(this.#path, { force: true });
  }

  #write(closed: boolean): void {
    try {
      const { dev, ino, size, mtimeMs } = statSync(this.file);
      const mark: Mark = { boot: bootId(), device: dev, inode: ino, ...(closed && { left: { size, changed: mtimeMs } }) };
      writeFileSync(this.#path, JSON.stringify(mark), { mode: 0o600 });
    } catch {
      // Without it the next start takes longer.
      this.drop();
    }
  }
}

function bootId(): string {
  return readFileSync(BOOT_ID, 'latin1').trim();
}
