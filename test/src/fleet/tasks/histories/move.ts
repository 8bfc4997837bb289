import fc from 'fast-check';
import {
  CONCURRENCY,
  MISFIRE,
  NOTIFY_ON,
  TASK_STATUSES,
  type NotifyOn,
  type TaskDefinition,
  type Timing,
} from '#domain/tasks/task/index.js';
import { HOOK } from '../../../../fixtures/hook.js';
import { plainTask } from '../../../../fixtures/plain-task.js';

/** Either the response or the append itself is lost and the server retries, or the server is killed before or after the append. */
export type Fate = 'answer lost' | 'not sent' | 'killed before' | 'killed after';

/** A request of a user. */
export type Ask =
  | { readonly kind: 'update'; readonly definition: Shape }
  | { readonly kind: 'setStatus'; readonly status: (typeof TASK_STATUSES)[number] }
  | { readonly kind: 'trigger'; readonly key: string | undefined }
  /** `back`: index of the run, counted back from the newest. */
  | { readonly kind: 'cancel'; readonly back: number }
  | { readonly kind: 'delete' };

/** One of the three servers handles its due items or a user's request. */
export interface Act {
  readonly server: number;
  /** Number of events by which its read models lag behind the log. */
  readonly behind: number;
  readonly does: Ask | { readonly kind: 'look' };
  /** Fate of the n-th append of the act, counted from 0. If absent, all appends succeed. */
  readonly fate?: { readonly append: number; readonly is: Fate };
}

/** What the core, its nodes and operators do to a run's job. */
export const CORE = [
  'complete',
  'failed',
  'overdue',
  'lost',
  'stopped by an operator',
  'removed by an operator',
  'archived',
] as const;
export type Core = (typeof CORE)[number];

export type Move =
  /** All acts run concurrently. `order` chooses which of them continues at each call to the store. Each step takes `tick` milliseconds. */
  | {
      readonly kind: 'acts';
      readonly acts: readonly Act[];
      readonly order: readonly number[];
      readonly tick: number;
    }
  /** The clock of all servers, or of one, is moved by this many milliseconds. */
  | { readonly kind: 'clock'; readonly by: number; readonly server?: number }
  | { readonly kind: 'core'; readonly job: number; readonly does: Core };

/** The parts of a definition that differ between histories. */
export interface Shape {
  readonly timing: Omit<Timing, 'runAt' | 'startAt' | 'endAt'>;
  /** Milliseconds from the beginning of the history. */
  readonly runAfter: number | undefined;
  readonly startAfter: number | undefined;
  readonly endAfter: number | undefined;
  readonly retryCount: number;
  readonly onLost: 'retry' | 'fail';
  readonly keepRuns: number;
  /** Events that cause notifications; undefined: none. */
  readonly notify: readonly NotifyOn[] | undefined;
}

export interface History {
  /** Milliseconds since 1970. */
  readonly begins: number;
  readonly task: Shape;
  /** Number of notifications that wait from the beginning. */
  readonly waiting: number;
  /** Whether the receiver responds in the end. */
  readonly answers: boolean;
  readonly moves: readonly Move[];
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** Some hours before clock changes in Berlin, in New York and on Lord Howe Island, before a leap day, and on an ordinary day. */
const BEGINS = [
  '2026-03-28T22:00:00Z',
  '2026-10-24T22:00:00Z',
  '2026-03-08T05:00:00Z',
  '2026-11-01T04:00:00Z',
  '2026-04-04T13:00:00Z',
  '2026-10-03T13:00:00Z',
  '2028-02-28T20:00:00Z',
  '2026-01-01T00:00:00Z',
].map((text) => Date.parse(text));

/** Time zones with clock changes are expensive to evaluate, so they have no patterns with seconds. */
const when: fc.Arbitrary<Pick<Timing, 'pattern' | 'timezone'>> = fc.oneof(
  fc.record({
    pattern: fc.constantFrom('*/7 * * * * *', '*/20 * * * * *', '0 * * * * *'),
    timezone: fc.constant('UTC'),
  }),
  fc.record({
    pattern: fc.constantFrom('30 * * * *', '*/15 * * * *', '@hourly', '30 2 * * *', '0 2 29 2 *'),
    timezone: fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC'),
  }),
);
const after = (most: number) => fc.option(fc.integer({ min: 1, max: most }), { nil: undefined, freq: 5 });
const shape: fc.Arbitrary<Shape> = fc
  .record({
    when,
    concurrency: fc.constantFrom(...CONCURRENCY),
    misfire: fc.constantFrom(...MISFIRE),
    jitterSeconds: fc.constantFrom(0, 0, 90),
    runAfter: after(3 * HOUR),
    startAfter: after(HOUR),
    endAfter: fc.option(fc.integer({ min: 12 * HOUR, max: 72 * HOUR }), { nil: undefined, freq: 5 }),
    retryCount: fc.constantFrom(0, 0, 1, 2),
    onLost: fc.constantFrom('retry', 'fail'),
    keepRuns: fc.constantFrom(1000, 2, 1),
    notify: fc.option(fc.subarray([...NOTIFY_ON], { minLength: 1 }), { nil: undefined, freq: 3 }),
  })
  .map(({ when: { pattern, timezone }, concurrency, misfire, jitterSeconds, ...rest }) => ({
    timing: { ...(pattern !== undefined && { pattern }), timezone, concurrency, misfire, jitterSeconds },
    ...rest,
  }));

const ask: fc.Arbitrary<Ask> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('update'), definition: shape }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('setStatus'),
      status: fc.constantFrom(...TASK_STATUSES, 'active'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('trigger'),
      key: fc.constantFrom('k1', 'k2', undefined, undefined),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel'), back: fc.nat({ max: 2 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete') }) },
);
const act: fc.Arbitrary<Act> = fc
  .record({
    server: fc.nat({ max: 2 }),
    behind: fc.constantFrom(0, 0, 0, 1, 2, 5, 20),
    does: fc.oneof({ weight: 3, arbitrary: fc.constant({ kind: 'look' } as const) }, ask),
    fate: fc.option(
      fc.record({
        append: fc.nat({ max: 2 }),
        is: fc.constantFrom<Fate[]>('answer lost', 'not sent', 'killed before', 'killed after'),
      }),
      {
        nil: undefined,
        freq: 4,
      },
    ),
  })
  .map(({ fate, ...rest }) => ({ ...rest, ...(fate && { fate }) }));

const clock = fc
  .record({
    by: fc.constantFrom(
      SECOND,
      7 * SECOND,
      21 * SECOND,
      61 * SECOND,
      0.25 * HOUR,
      HOUR,
      3 * HOUR,
      24 * HOUR,
      -SECOND,
      -0.5 * HOUR,
      -HOUR,
    ),
    server: fc.option(fc.nat({ max: 2 }), { nil: undefined, freq: 5 }),
  })
  .map(({ by, server }): Move => ({ kind: 'clock', by, ...(server === undefined ? {} : { server }) }));

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('acts'),
      acts: fc.array(act, { minLength: 1, maxLength: 3 }),
      order: fc.array(fc.nat({ max: 6 }), { minLength: 1, maxLength: 8 }),
      tick: fc.constantFrom(0, 0, 1, 700),
    }),
  },
  { weight: 4, arbitrary: clock },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('core'),
      job: fc.nat({ max: 3 }),
      does: fc.constantFrom('complete', 'complete', 'failed', ...CORE),
    }),
  },
);

export const history: fc.Arbitrary<History> = fc.record({
  begins: fc.constantFrom(...BEGINS),
  task: shape,
  // A hundred notifications take as long as a hundred histories, so they are rare.
  waiting: fc.oneof(
    { weight: 300, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.constantFrom(99, 100) },
  ),
  answers: fc.constantFrom(true, true, true, false),
  moves: fc.array(move, { maxLength: 16, size: 'max' }),
});

/** `begins`: start of the history, in milliseconds since 1970. */
export function definitionOf(
  { timing, runAfter, startAfter, endAfter, retryCount, onLost, keepRuns, notify }: Shape,
  begins: number,
): TaskDefinition {
  return plainTask(
    { retryCount, onLost, keepRuns, ...(notify && { notify: { on: [...notify], to: HOOK } }) },
    {
      ...timing,
      ...(runAfter !== undefined && { runAt: begins + runAfter }),
      ...(startAfter !== undefined && { startAt: begins + startAfter }),
      ...(endAfter !== undefined && { endAt: begins + endAfter }),
    },
  );
}
