import { z } from 'zod';
import { type Aggregate, type Decider, event, type Recorded } from '#domain/kernel/event/index.js';
import type { MusterEvent, RecordedMusterEvent } from '#test/fixtures/muster-events.js';
import {
  allRun,
  DUE_IMMEDIATELY,
  dueValue,
  evolveWork,
  NO_WORK,
  jobProgressOf,
  stepOf,
  WORK_EVENTS,
  type DesiredJob,
  type WorkView,
} from '#domain/work/index.js';
import type { Projection } from '#projections/projection.js';
import { ownedWork, type AnyOwnedWork } from '#src/fleet/owned-work/index.js';
import { declareEvents } from './scene.js';

/** A minimal surface: a new version of a service runs in a second job of the same owner until it is healthy. */

const wanted = z.strictObject({ serviceId: z.string(), version: z.number().int(), count: z.number().int() });
const settled = z.strictObject({
  serviceId: z.string(),
  version: z.number().int(),
  outcome: z.enum(['completed', 'failed']),
});
declareEvents({ SketchVersionWanted: event(wanted), SketchRolloutSettled: event(settled) });

export type RolloutEvent =
  | { readonly type: 'SketchVersionWanted'; readonly data: z.infer<typeof wanted> }
  | { readonly type: 'SketchRolloutSettled'; readonly data: z.infer<typeof settled> };
type RolloutCommand =
  | ({ readonly kind: 'want' } & z.infer<typeof wanted>)
  | ({ readonly kind: 'settle' } & z.infer<typeof settled>);
type Fate = 'rolling' | 'serving' | 'failed' | 'replaced';
type RolloutState = ReadonlyMap<number, { readonly fate: Fate; readonly count: number }>;

/** Returns a version's fate after its own rollout or another version's is settled. */
function fateAfter(fate: Fate, own: boolean, outcome: 'completed' | 'failed'): Fate {
  if (own) return outcome === 'completed' ? 'serving' : 'failed';
  return outcome === 'completed' && fate === 'serving' ? 'replaced' : fate;
}

function wantOf(fate: Fate): DesiredJob {
  if (fate === 'rolling' || fate === 'serving') return { kind: 'run' };
  return { kind: fate === 'replaced' ? 'gone' : 'over' };
}

const decider: Decider<RolloutCommand, RolloutEvent, RolloutState> = {
  initialState: new Map(),
  decide: ({ kind, ...command }, state) => {
    if ('count' in command) return [{ type: 'SketchVersionWanted', data: command }];
    return kind === 'settle' && state.get(command.version)?.fate === 'rolling'
      ? [{ type: 'SketchRolloutSettled', data: command }]
      : [];
  },
  evolve: (state, { type, data }: Recorded<RolloutEvent>) => {
    if (type === 'SketchVersionWanted')
      return new Map(state).set(data.version, { fate: 'rolling', count: data.count });
    return new Map(
      [...state].map(([version, each]) => [
        version,
        { ...each, fate: fateAfter(each.fate, version === data.version, data.outcome) },
      ]),
    );
  },
};

export const sketchServices = {
  category: 'sketchService',
  stream: (serviceId: string) => `service-${serviceId}`,
  decider,
} as unknown as Aggregate<RolloutCommand, MusterEvent, RolloutState>;

export interface VersionDocument {
  readonly serviceId: string;
  readonly version: number;
  readonly fate: Fate;
  readonly work: WorkView;
}

const VERSION = /^service\.(\w+)\.(\d+)$/;
export const jobIdOf = ({ serviceId, version }: Pick<VersionDocument, 'serviceId' | 'version'>): string =>
  `service.${serviceId}.${version}`;

/** `completed`: every instance runs. `failed`: the job ended before that. */
function outcomeOf({ fate, work }: VersionDocument): 'completed' | 'failed' | undefined {
  if (fate !== 'rolling') return undefined;
  if (allRun(work)) return 'completed';
  return work.finished === null ? undefined : 'failed';
}

function dueAt(each: VersionDocument): number | undefined {
  const due = outcomeOf(each) ?? stepOf(jobIdOf(each), wantOf(each.fate), jobProgressOf(each.work));
  return due === undefined ? undefined : DUE_IMMEDIATELY;
}

const versions: Projection<VersionDocument> = {
  name: 'sketchVersions',
  version: 1,
  events: [
    ...(['SketchVersionWanted', 'SketchRolloutSettled'] as unknown as MusterEvent['type'][]),
    ...WORK_EVENTS,
  ],
  indexes: { due: (each) => dueValue(dueAt(each)), service: ({ serviceId }) => serviceId },
  touches: (each) => {
    const own = each as unknown as RolloutEvent;
    if (own.type === 'SketchVersionWanted') return [`${own.data.serviceId}.${own.data.version}`];
    if (own.type === 'SketchRolloutSettled') return [{ where: 'service', equals: own.data.serviceId }];
    const [, serviceId, version] = ('jobId' in each.data && VERSION.exec(each.data.jobId)) || [];
    return serviceId === undefined ? [] : [`${serviceId}.${version ?? ''}`];
  },
  evolve: (document, each: RecordedMusterEvent) => {
    const own = each as unknown as RolloutEvent;
    if (own.type === 'SketchVersionWanted')
      return { serviceId: own.data.serviceId, version: own.data.version, fate: 'rolling', work: NO_WORK };
    if (document === undefined) return undefined;
    if (own.type === 'SketchRolloutSettled')
      return {
        ...document,
        fate: fateAfter(document.fate, own.data.version === document.version, own.data.outcome),
      };
    return { ...document, work: evolveWork(document.work, each) };
  },
};

export const rolloutWork: AnyOwnedWork = ownedWork<
  RolloutCommand,
  MusterEvent,
  RolloutState,
  VersionDocument
>({
  name: 'sketch-versions',
  surface: 'services',
  projection: versions as Projection,
  aggregate: sketchServices,
  item: (each) => ({
    stream: each.serviceId,
    workId: `${each.serviceId}.${each.version}`,
    jobId: jobIdOf(each),
  }),
  dueAt,
  view: ({ work }) => work,
  settle: (_state, document) => {
    const outcome = outcomeOf(document);
    return outcome && { kind: 'settle', serviceId: document.serviceId, version: document.version, outcome };
  },
  want: (state, { version }) => {
    const known = state.get(version);
    return known && wantOf(known.fate);
  },
  job: (state, { version }) => ({
    specification: {
      task_groups: [
        {
          name: 'web',
          count: state.get(version)?.count ?? 1,
          tasks: [{ name: 'main', driver: 'docker', config: { image: `web:${version}` } }],
        },
      ],
    },
    owner: { surface: 'services', tenant: 't1', principal: 'u1' },
  }),
});
