import { z } from 'zod';
import {
  event,
  type Aggregate,
  type Decider,
  type EventsOf,
  type Recorded,
  type RecordedOf,
} from '#domain/kernel/event/index.js';
import {
  DUE_IMMEDIATELY,
  dueValue,
  evolveWork,
  NO_WORK,
  jobProgressOf,
  stepOf,
  WORK_EVENTS,
  type WorkView,
} from '#domain/work/index.js';
import { projection } from '#domain/kernel/projection.js';
import { ownedWork, type AnyOwnedWork } from '#src/fleet/owned-work/index.js';

/** A minimal surface: one stream owns many items, each with its own due time and its own job. */

const slotData = z.strictObject({ taskId: z.string(), run: z.number().int(), slot: z.number().int() });
const slotEvents = { SketchSlotPlanned: event(slotData), SketchSlotDecided: event(slotData) };

type SlotData = z.infer<typeof slotData>;
type SlotEvent = EventsOf<typeof slotEvents>;
type SlotCommand =
  | { readonly kind: 'plan'; readonly taskId: string; readonly slots: readonly number[] }
  | { readonly kind: 'decide'; readonly taskId: string; readonly run: number; readonly now: number };
type SlotState = ReadonlyMap<number, { readonly slot: number; readonly decided: boolean }>;

const decider: Decider<SlotCommand, SlotEvent, SlotState> = {
  initialState: new Map(),
  decide: (command, state) => {
    const { taskId } = command;
    if (command.kind === 'plan')
      return command.slots.map((slot, index) => ({
        type: 'SketchSlotPlanned',
        data: { taskId, run: state.size + index, slot },
      }));
    const planned = state.get(command.run);
    if (planned === undefined || planned.decided || planned.slot > command.now) return [];
    return [{ type: 'SketchSlotDecided', data: { taskId, run: command.run, slot: planned.slot } }];
  },
  evolve: (state, { type, data }: Recorded<SlotEvent>) =>
    new Map(state).set(data.run, { slot: data.slot, decided: type === 'SketchSlotDecided' }),
};

export const slotTasks: Aggregate<SlotCommand, SlotEvent, SlotState> = {
  category: 'sketchTask',
  owner: 'tasks',
  events: slotEvents,
  stream: (taskId) => `sketchTask-${taskId}`,
  decider,
};

export interface RunDocument extends SlotData {
  readonly decided: boolean;
  readonly work: WorkView;
}

const EVENTS = { ...slotEvents, ...WORK_EVENTS };

const RUN = /^task\.(\w+)\.(\d+)$/;
const idOf = ({ data }: RecordedOf<typeof EVENTS>): string | undefined => {
  if ('run' in data) return `${data.taskId}.${data.run}`;
  const [, taskId, run] = RUN.exec(data.jobId) ?? [];
  return taskId === undefined ? undefined : `${taskId}.${run ?? ''}`;
};
export const jobIdOf = ({ taskId, run }: Pick<SlotData, 'taskId' | 'run'>): string => `task.${taskId}.${run}`;

function dueAt(run: RunDocument): number | undefined {
  if (!run.decided) return run.slot;
  return stepOf(jobIdOf(run), { kind: 'run' }, jobProgressOf(run.work)) === undefined
    ? undefined
    : DUE_IMMEDIATELY;
}

export const runs = projection<RunDocument, typeof EVENTS>({
  name: 'sketchRuns',
  version: 1,
  events: EVENTS,
  indexes: { due: (run) => dueValue(dueAt(run)) },
  touches: (each) => {
    const id = idOf(each);
    return id === undefined ? [] : [id];
  },
  evolve: (run, each) => {
    if (each.type === 'SketchSlotPlanned') return { ...each.data, decided: false, work: NO_WORK };
    if (run === undefined) return undefined;
    return each.type === 'SketchSlotDecided'
      ? { ...run, decided: true }
      : { ...run, work: evolveWork(run.work, each) };
  },
});

/** `refuses`: number of a run whose job cannot be made. */
export function slotWork({ refuses }: { readonly refuses?: number } = {}): AnyOwnedWork {
  return ownedWork<SlotCommand, SlotEvent, SlotState, RunDocument>({
    name: 'sketch-runs',
    surface: 'tasks',
    projection: runs,
    aggregate: slotTasks,
    item: (run) => ({ stream: run.taskId, workId: `${run.taskId}.${run.run}`, jobId: jobIdOf(run) }),
    dueAt,
    view: ({ work }) => work,
    settle: (state, { taskId, run }, now) =>
      state.get(run)?.decided === false ? { kind: 'decide', taskId, run, now } : undefined,
    want: (state, { run }) => (state.get(run)?.decided === true ? { kind: 'run' } : undefined),
    job: (_state, { run }) => {
      if (run === refuses) throw new Error('this run has no job');
      return {
        specification: {
          task_groups: [
            { name: 'web', tasks: [{ name: 'main', driver: 'exec', config: { command: 'true' } }] },
          ],
        },
        owner: { surface: 'tasks', tenant: 't1', principal: 'u1' },
      };
    },
  });
}
