import type { RecordedEvent } from '#domain/kernel/ports/event-store.js';
import { readEvents, readRecorded } from '../../fixtures/event-log.js';
import { eventually } from '../../fixtures/eventually.js';
import { TaskAccount } from '../../fixtures/task-account.js';
import type { Server } from '../../fixtures/server.js';
import type { Fleet } from '../fleet.js';

const PASSWORD = 'password123';

/** Settings of a server that has an administrator, who has the tasks. */
export const WITH_ADMINISTRATOR = { MUSTER_ADMIN_PASSWORD: PASSWORD } as const;

export function administrator({ api }: Pick<Server, 'api'>): Promise<TaskAccount> {
  return TaskAccount.logIn(api, 'admin', PASSWORD);
}

/** Makes so many tasks that are alike, and answers their numbers. */
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

/** Waits until there are so many events of a type, and answers them, oldest first. Each is read once, or the looking would be what is measured. `counts`: which of them; absent: all. */
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
  await eventually(look, { timeout: 300_000, interval: 500, what: `${count} events ${type}` });
  return events;
}

/** When the last of them was written, in milliseconds since 1970. */
export function lastOf(events: readonly RecordedEvent[]): number {
  return events.at(-1)?.created ?? Number.NaN;
}
