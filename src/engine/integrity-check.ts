import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

interface Mark {
  readonly boot: string;
  readonly device: number;
  readonly inode: number;
  /** State of the file when it was closed. Undefined while it is open, or if its process was killed. */
  readonly left?: { readonly size: number; readonly changed: number };
}

/**
 * Records that a database passed SQLite's own check. The check reads the whole file, which takes half a minute for ten million events. Killing a
 * process cannot damage the file (thanks to SQLite's WAL), so the check is only repeated if the machine was restarted (its power may have failed), if
 * a different program changed or replaced the file, or if a disk failed. Nothing is recorded on systems that do not identify boots.
 */
export class IntegrityCheck {
  readonly #path: string;

  constructor(private readonly file: string) {
    this.#path = `${file}-checked`;
  }

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

  opened(): void {
    this.#write(false);
  }

  closed(): void {
    this.#write(true);
  }

  drop(): void {
    rmSync(this.#path, { force: true });
  }

  #write(closed: boolean): void {
    try {
      const { dev, ino, size, mtimeMs } = statSync(this.file);
      const mark: Mark = {
        boot: bootId(),
        device: dev,
        inode: ino,
        ...(closed && { left: { size, changed: mtimeMs } }),
      };
      writeFileSync(this.#path, JSON.stringify(mark), { mode: 0o600 });
    } catch {
      // If the mark is missing, the next start only takes longer.
      this.drop();
    }
  }
}

function bootId(): string {
  return readFileSync(BOOT_ID, 'latin1').trim();
}
