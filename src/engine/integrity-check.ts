import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';

const BOOT_ID = '/proc/sys/kernel/random/boot_id';

interface Mark {
  /** Identifies the boot of the machine during which the file was checked. */
  readonly boot: string;
  readonly device: number;
  readonly inode: number;
  /** State of the file when it was closed; undefined while it is open, or if its process was killed. */
  readonly left?: { readonly size: number; readonly changed: number };
}

/**
 * Remembers that a database passed SQLite's own check. The check reads the whole file: half a minute for ten million events. Killing a process cannot
 * damage it (thanks to SQLite's WAL), so it is checked again only after the machine was restarted (its power may have failed), another program has
 * changed or replaced the file, or a disk has failed. Where the system does not identify boots, nothing is remembered.
 */
export class IntegrityCheck {
  readonly #path: string;

  constructor(private readonly file: string) {
    this.#path = `${file}-checked`;
  }

  /** Whether the file is unchanged since its check, except by its own process. */
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

  /** The file is closed: later changes are by another program. */
  closed(): void {
    this.#write(true);
  }

  /** A disk failed: the content of the file is unknown. */
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
      // Without the mark the next start only takes longer.
      this.drop();
    }
  }
}

function bootId(): string {
  return readFileSync(BOOT_ID, 'latin1').trim();
}
