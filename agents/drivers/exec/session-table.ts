import { livingProcesses, type ProcessEntry } from './process-table.js';

const FRESH_MS = 100;
/** About twenty times as long as reading one process takes. */
const FRESH_MS_PER_PROCESS = 0.4;

/** The machine's processes by session. Requests made at about the same time share a snapshot. */
export class SessionTable {
  readonly #sessions = new Map<number, ProcessEntry[]>();
  #staleAt = Number.NEGATIVE_INFINITY;

  processes(session: number, now: number): readonly ProcessEntry[] {
    if (now >= this.#staleAt) this.#read(now);
    return this.#sessions.get(session) ?? [];
  }

  #read(now: number): void {
    const entries = livingProcesses();
    this.#sessions.clear();
    for (const entry of entries) {
      const session = this.#sessions.get(entry.session);
      if (session === undefined) this.#sessions.set(entry.session, [entry]);
      else session.push(entry);
    }
    this.#staleAt = now + Math.max(FRESH_MS, entries.length * FRESH_MS_PER_PROCESS);
  }
}
