import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { usagePoint, type UsagePoint } from '#domain/protocol/index.js';
import { PASSABLE } from '../platform/files/folder.js';

const MAX_CHARACTERS = 65_536;

/**
 * Stores a task's usage points on disk, one per line, so that they survive the agent. The file is rewritten when it holds twice the limit. Disk
 * errors and a line that was cut short by a crash are ignored.
 */
export class UsagePoints {
  #lines = 0;

  constructor(
    private readonly file: string,
    private readonly most: number,
    readonly wall: () => number,
  ) {}

  read(): readonly UsagePoint[] {
    try {
      const text = readFileSync(this.file, 'utf8');
      const lines = text.length > MAX_CHARACTERS ? [] : text.split('\n').slice(0, -1);
      this.#lines = lines.length;
      // An incomplete line must not merge with the next one.
      if (!text.endsWith('\n') && text !== '') this.#write(lines);
      return lines.flatMap(pointIn).slice(-this.most);
    } catch {
      return [];
    }
  }

  add(point: UsagePoint): void {
    try {
      mkdirSync(path.dirname(this.file), { recursive: true, mode: PASSABLE });
      appendFileSync(this.file, `${JSON.stringify(point)}\n`, { mode: 0o600 });
      this.#lines += 1;
      if (this.#lines >= 2 * this.most)
        this.#write(readFileSync(this.file, 'utf8').split('\n').slice(0, -1).slice(-this.most));
    } catch {
      // This agent still has the point in memory.
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
