import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { usagePoint, type UsagePoint } from '#domain/protocol/index.js';
import { PASSABLE } from '../folder.js';

/** What is larger was not written here. */
const MOST_CHARACTERS = 65_536;

/**
 * Points of what one task used, on the node's disk, so that they are there after the agent has died: a line each, at the end of a file that is
 * written anew when it holds twice as many as are kept. Nothing waits for the disk, and nothing fails with it: a line that a crash left torn is no point.
 */
export class UsagePoints {
  #lines = 0;

  /** `most`: so many are kept, the newest. `wall`: milliseconds since the epoch. */
  constructor(
    private readonly file: string,
    private readonly most: number,
    readonly wall: () => number,
  ) {}

  /** Oldest first. */
  read(): readonly UsagePoint[] {
    try {
      const text = readFileSync(this.file, 'utf8');
      const lines = text.length > MOST_CHARACTERS ? [] : text.split('\n').slice(0, -1);
      this.#lines = lines.length;
      // What was torn must not run into the next line.
      if (!text.endsWith('\n') && text !== '') this.#write(lines);
      return lines.flatMap(pointIn).slice(-this.most);
    } catch {
      return [];
    }
  }

  /** Behind those that were read. */
  add(point: UsagePoint): void {
    try {
      mkdirSync(path.dirname(this.file), { recursive: true, mode: PASSABLE });
      appendFileSync(this.file, `${JSON.stringify(point)}\n`, { mode: 0o600 });
      this.#lines += 1;
      if (this.#lines >= 2 * this.most) this.#write(readFileSync(this.file, 'utf8').split('\n').slice(0, -1).slice(-this.most));
    } catch {
      // It is still known to this agent.
    }
  }

  #write(lines: readonly string[]): void {
    const draft = `${this.file}.new`;
    writeFileSync(draft, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
    renameSync(draft, this.file);
    this.#lines = lines.length;
  }
}

function pointIn(line: string): UsagePoint[] {
  try {
    const parsed = usagePoint.safeParse(JSON.parse(line));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
