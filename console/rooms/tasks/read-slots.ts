import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { read } from '../../api/client.js';
import type { components } from '../../generated/tasks.js';
import { useAt } from '../../moment/in-url.js';
import { readKey } from '../../moment/use-read.js';
import { slotOfPlan, slotOfRun, slotOfSkipped, type Run, type Skipped, type Slot } from './slots.js';

type RunPage = Omit<components['schemas']['TaskRunPage'], 'data'> & {
  readonly data: readonly (Run | Skipped)[];
};
type Schedule = components['schemas']['TaskScheduleAnswer'];

/** The API's maximum page size. */
const PAGE = 100;
/** Maximum number of pages to read, separately for runs and for skipped slots. */
const MOST_PAGES = 5;
/** How long after its time a slot may be decided, in milliseconds, for example after a server was down for days. */
const LATE_MS = 7 * 86_400_000;

export interface Slots {
  readonly slots: readonly Slot[];
  /** Slots before this time, in milliseconds, are missing. Undefined if the list is complete. */
  readonly completeFrom: number | undefined;
  /** Whether the schedule continues after the last planned slot. */
  readonly goesOn: boolean;
}

/** Reads the slots and runs of a task between two times, in milliseconds, as of the selected moment. */
export function useSlots(task: string, from: number, to: number): UseQueryResult<Slots, Error> {
  const at = useAt();
  return useQuery<Slots, Error>({
    queryKey: readKey(`slots of ${task} from ${from} to ${to}`, at),
    queryFn: async ({ signal }) => await readSlots(task, from, to, at, signal),
    staleTime: at === undefined ? 0 : Infinity,
    meta: { subjects: [`task:${task}`, 'run'] },
  });
}

async function readSlots(
  task: string,
  from: number,
  to: number,
  at: string | undefined,
  signal: AbortSignal,
): Promise<Slots> {
  const path = `/api/tasks/${encodeURIComponent(task)}`;
  const within = { from: new Date(from).toISOString(), to: new Date(to + LATE_MS).toISOString() };
  const [runs, skipped, { body }] = await Promise.all([
    readPages(`${path}/runs`, within, at, signal),
    readPages(`${path}/runs`, { ...within, status: 'skipped' }, at, signal),
    read<Schedule>(`${path}/schedule?next=${PAGE}&past=0`, at, signal),
  ]);
  const { next } = body.data;
  const ends = [runs.completeFrom, skipped.completeFrom].filter((each) => each !== undefined);
  return {
    slots: [
      ...runs.items.filter(isRun).map(slotOfRun),
      ...skipped.items.filter((item) => !isRun(item)).map(slotOfSkipped),
      ...next.map(slotOfPlan),
    ],
    completeFrom: ends.length === 0 ? undefined : Math.max(...ends),
    goesOn: next.length === PAGE,
  };
}

function isRun(item: Run | Skipped): item is Run {
  return item.status !== 'skipped';
}

/** Reads at most {@link MOST_PAGES} pages, newest first. */
async function readPages(
  path: string,
  query: Readonly<Record<string, string>>,
  at: string | undefined,
  signal: AbortSignal,
): Promise<{ readonly items: readonly (Run | Skipped)[]; readonly completeFrom: number | undefined }> {
  const items: (Run | Skipped)[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const search = new URLSearchParams({ ...query, page: String(page), size: String(PAGE) });
    const { body } = await read<RunPage>(`${path}?${search.toString()}`, at, signal);
    items.push(...body.data);
    if (page >= body.pagination.pages) return { items, completeFrom: undefined };
  }
  const oldest = items.at(-1);
  return { items, completeFrom: oldest === undefined ? undefined : Date.parse(oldest.created_at) };
}
