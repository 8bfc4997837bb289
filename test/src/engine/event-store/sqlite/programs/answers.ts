import { existsSync, readFileSync } from 'node:fs';
import type { Test } from 'tap';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { gather } from '../../../../../contract/event-store/fixture.js';

/**
 * Checks that every response recorded by `appender` is in the log, and that no stream has a gap. Returns
 * their number.
 */
export async function nothingLost(t: Test, directory: string, answers: string): Promise<number> {
  const store = await openSqliteEventStore({ directory });
  const found = new Map<string, bigint>();
  const next = new Map<string, number>();
  let last = 0n;
  for (const { stream, revision, position } of await gather(store.readAll())) {
    if (revision !== (next.get(stream) ?? 0))
      t.fail(`${stream} goes from ${String(next.get(stream))} to ${String(revision)}`);
    if (position <= last) t.fail(`position ${String(position)} comes after ${String(last)}`);
    last = position;
    next.set(stream, revision + 1);
    found.set(`${stream} ${String(revision)}`, position);
  }
  await store.close();
  const promised = existsSync(answers) ? readFileSync(answers, 'utf8').split('\n').slice(0, -1) : [];
  for (const line of promised) {
    const [stream = '', revision = '', position = ''] = line.split(' ');
    if (found.get(`${stream} ${revision}`) !== BigInt(position))
      t.fail(`was acknowledged but is not in the log: ${line}`);
  }
  return promised.length;
}
