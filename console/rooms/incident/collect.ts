import { read, send } from '../../api/client.js';
import type { Change } from '../../api/types.js';
import { grouped } from '../../parts/time/format.js';
import type { IncidentHead } from './file.js';

/** The browser holds all events in memory. Longer windows belong in a backup. */
const MOST_EVENTS = 50_000;
const PAGE = 1000;

type Line = Readonly<Record<string, unknown>>;

export interface Collected {
  readonly head: Omit<IncidentHead, 'server' | 'made_at'>;
  readonly lines: readonly Line[];
}

/** Reads the events of a window, with a sentence about each. Both positions are inclusive. */
export async function collect(from: bigint, to: bigint, signal: AbortSignal): Promise<Collected> {
  const words = await changesOf(from, to, signal);
  const lines: Line[] = [];
  for await (const line of eventsOf(from, to, signal)) {
    if (lines.length === MOST_EVENTS)
      throw new Error(`The window has more than ${grouped(MOST_EVENTS)} events. Choose a shorter window.`);
    const change = words.get(String(line['position']));
    lines.push(
      change === undefined
        ? line
        : {
            ...line,
            words: change.words,
            kind: change.kind,
            object: change.id,
            failed: change.failed,
            actor: change.actor,
            actor_name: change.actor_name,
          },
    );
  }
  return { head: { from: String(from), to: String(to), events: lines.length }, lines };
}

async function changesOf(
  from: bigint,
  to: bigint,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Change>> {
  const found = new Map<string, Change>();
  for (let last = from > 0n ? from - 1n : 0n; last < to && found.size <= MOST_EVENTS;) {
    const { body } = await read<{ readonly changes: readonly Change[]; readonly position: string }>(
      `/console/api/changes?from=${last}&limit=${PAGE}`,
      undefined,
      signal,
    );
    for (const change of body.changes) found.set(change.position, change);
    const next = BigInt(body.position);
    if (next <= last) break;
    last = next;
  }
  return found;
}

/** Streams the log and stops after the window. */
async function* eventsOf(from: bigint, to: bigint, signal: AbortSignal): AsyncGenerator<Line, undefined> {
  const ending = new AbortController();
  const response = await send(`/audit/events?format=ndjson&from=${from}&limit=${MOST_EVENTS + 1}`, {
    signal: AbortSignal.any([signal, ending.signal]),
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
      if (done) return;
      const lines = (rest + value).split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) {
        const line = JSON.parse(text) as Line;
        if (BigInt(String(line['position'])) > to) return;
        yield line;
      }
    }
  } finally {
    ending.abort();
  }
}
