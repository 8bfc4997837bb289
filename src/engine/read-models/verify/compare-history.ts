import type { KeptFrom } from '#domain/kernel/ports/history.js';
import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { LogSample } from '../history/changes.js';
import { LogIndex } from '../history/log-index.js';
import type { Models } from '../models.js';
import type { HistoryRow, HistoryRows } from '../storage.js';
import type { Finding } from './finding.js';

const CHECK = 'history';
export const LOG_INDEX_SUBJECT = 'index of the log';
const SHOWN = 200;

/** Compares tables with the same tables of a rebuilt index, row by row, and reports additional and missing rows. */
export function compareHistory(
  subject: string,
  live: readonly HistoryRows[],
  rebuilt: readonly HistoryRows[],
  kept: KeptFrom | undefined,
  found: (finding: Finding) => void,
): void {
  live.forEach((table, at) => {
    const about = { check: CHECK, subject, id: table.name };
    const same = rebuilt[at]!;
    let extra = 0;
    for (const row of table.needed(kept)) {
      if (same.has(row)) continue;
      extra += 1;
      found({ ...about, problem: 'has an extra row', path: '', actual: shown(row) });
    }
    // If all rows are in the rebuilt table, and are as many as there, none is missing.
    if (kept === undefined && extra === 0 && table.count() === same.count()) return;
    for (const row of same.needed(kept))
      if (!table.has(row)) found({ ...about, problem: 'lacks a row', path: '', expected: shown(row) });
  });
}

/** Indexes the log again, and meanwhile compares the stored samples with it. */
export class SampledIndex extends LogIndex {
  #next = 0;
  #created = 0;
  #events = 0;

  constructor(
    models: Models,
    private readonly samples: readonly LogSample[],
    private readonly found: (finding: Finding) => void,
  ) {
    super(models, undefined);
  }

  override add(page: readonly RecordedEvent[]): void {
    for (const event of page) if (this.newest === undefined || event.position > this.newest) this.#see(event);
    super.add(page);
  }

  #see({ position, created }: RecordedEvent): void {
    this.#created = Math.max(this.#created, created);
    this.#events += 1;
    for (
      let sample = this.samples[this.#next];
      sample !== undefined && sample.position <= position;
      sample = this.samples[this.#next]
    ) {
      this.#next += 1;
      const expected: LogSample = { position, created: this.#created, events: this.#events };
      if (sample.position === position) this.#events = 0;
      const [is, be] = [shown({ ...sample }), shown({ ...expected })];
      if (is !== be)
        this.found({
          check: CHECK,
          subject: LOG_INDEX_SUBJECT,
          id: 'log_samples',
          problem: 'differs',
          path: '',
          actual: is,
          expected: be,
        });
    }
  }
}

function shown(row: HistoryRow | Readonly<Record<string, bigint | number>>): string {
  const text = JSON.stringify(row, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
