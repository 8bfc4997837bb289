import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { readEvents, readRecorded } from '../../fixtures/event-log.js';
import { eventually } from '../../fixtures/eventually.js';
import { TaskAccount } from '../../fixtures/task-account.js';
import type { Server } from '../../fixtures/server.js';
import type { Fleet } from '../fleet.js';

const PASSWORD = 'password123';

/** Settings of a server with an administrator, who owns the tasks. */
export const WITH_ADMINISTRATOR = { MUSTER_ADMIN_PASSWORD: PASSWORD } as const;

export function administrator({ api }: Pick<Server, 'api'>): Promise<TaskAccount> {
  return TaskAccount.logIn(api, 'admin', PASSWORD);
}

/** Creates `count` tasks that differ only in name, and returns their numbers. */
export async function makeTasks(
  { server, load }: Fleet,
  { token }: TaskAccount,
  count: number,
  task: Readonly<Record<string, unknown>>,
  prefix = 'task-',
): Promise<number[]> {
  await load({ kind: 'task', count, token, prefix, task });
  const made = await readEvents(server, { types: ['TaskCreated'] });
  return made.flatMap((event) =>
    event.type === 'TaskCreated' && event.data.definition.name.startsWith(prefix) ? event.data.taskId : [],
  );
}

/**
 * Waits for `count` events of a type and returns them, oldest first. Only events whose data `counts` accepts are included. Each event is read once,
 * because polling all of them would distort the figures.
 */
export async function written(
  server: Server,
  type: 'AllocationPlaced' | 'AllocationCompleted' | 'TaskSlotDecided',
  count: number,
  counts: (data: string) => boolean = () => true,
): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  let seen: bigint | undefined;
  const look = async (): Promise<boolean> => {
    const found = await readRecorded(server, { types: [type] }, seen);
    seen = found.at(-1)?.position ?? seen;
    events.push(...found.filter(({ data }) => counts(data)));
    return events.length >= count;
  };
  await eventually(look, { timeout: 300_000, interval: 500, what: `${count} ${type} events` });
  return events;
}

/** Returns when the last event was written, in milliseconds since 1970. */
export function lastOf(events: readonly RecordedEvent[]): number {
  return events.at(-1)?.created ?? Number.NaN;
}
