import { statSync } from 'node:fs';
import { join } from 'node:path';
import { Sqlite } from '#src/engine/sqlite.js';
import { eventually } from '../../fixtures/eventually.js';
import { parsePrometheus, valueOf } from '../../fixtures/prometheus-text.js';
import { quiet, startFleet } from '../fleet.js';
import { number, type Figure, type Row } from '../row.js';

/**
 * Measures how much the transparency log slows commands, and what it costs. The order of the two variants alternates, because the machine's speed
 * drifts.
 */
export const transparency: Row = {
  name: 'transparency',
  what: 'commands with the transparency log on, as a share of those with it off, 64 clients',
  sense: 'least',
  bar: 0.9,
  quickBar: 0.3,
  unit: 'of the rate without it',
  async measure({ quick, runs }) {
    const count = quick ? 1_000 : 30_000;
    const warm = {
      kind: 'submit',
      count: quick ? 200 : 10_000,
      allocations: 1,
      prefix: 'warm-',
      constrained: false,
    } as const;
    const shares: number[] = [];
    const notes: string[] = [];
    for (let run = 0; run < runs; run += 1) {
      const rates: Record<string, number> = {};
      for (const on of run % 2 === 0 ? ['false', 'true'] : ['true', 'false']) {
        const fleet = await startFleet(100, { cpu: 100_000, memory: 1_000_000 }, 'embedded', {
          MUSTER_TRANSPARENCY: on,
        });
        try {
          const { server } = fleet;
          await fleet.load(warm);
          // Its thread starts five seconds after the server, and then catches up.
          if (on === 'true') await signedAll(server.dataDir, 60_000);
          const { seconds } = await fleet.load({ ...warm, count, prefix: 'job-' });
          rates[on] = count / seconds;
          if (on === 'true') {
            const families = parsePrometheus((await server.api.get('/metrics')).text);
            const busy = valueOf(families, 'muster_event_loop_utilization_ratio', { thread: 'transparency' });
            const began = performance.now();
            await quiet(server, 60_000);
            await signedAll(server.dataDir, 60_000);
            const { size, bytes } = stored(server.dataDir);
            notes.push(
              `run ${run + 1}: its thread was busy for ${number((busy ?? 0) * 100)} % of the time; ${number(size)} events were signed ${number(performance.now() - began)} ms after the last command; ${number(bytes / size)} bytes an event`,
            );
          }
        } finally {
          await fleet.end();
        }
      }
      shares.push(rates['true']! / rates['false']!);
      notes.push(
        `run ${run + 1}: ${number(rates['true']!)} commands a second with it, ${number(rates['false']!)} without`,
      );
    }
    return { runs: shares, notes } satisfies Figure;
  },
};

/** Waits until the tree has stopped growing and the newest checkpoint covers more than three quarters of it. */
async function signedAll(directory: string, timeout: number): Promise<void> {
  let last = -1;
  await eventually(
    () => {
      const { size, signed } = stored(directory);
      const still = size === last && signed > 0 && size - signed < size / 4;
      last = size;
      return Promise.resolve(still);
    },
    { timeout, interval: 1_500, what: 'a signed tree of all events' },
  );
}

function stored(directory: string): { size: number; signed: number; bytes: number } {
  const file = join(directory, 'tlog.db');
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return { size: 0, signed: 0, bytes: 0 };
  const db = new Sqlite(file, { readonly: true });
  try {
    const [size = 0, note = null] = (db.prepare('SELECT size, checkpoint FROM state').raw().get() ?? []) as [
      number?,
      (string | null)?,
    ];
    const bytes =
      (db.pragma('page_count', { simple: true }) as number) *
      (db.pragma('page_size', { simple: true }) as number);
    return { size, signed: note === null ? 0 : Number(note.split('\n')[1]), bytes };
  } finally {
    db.close();
  }
}
