import { z } from 'zod';
import {
  event,
  type Aggregate,
  type Decider,
  type EventsOf,
  type Recorded,
} from '#domain/kernel/event/index.js';
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
import { projection } from '#domain/kernel/projection.js';
import { ownedWork, type AnyOwnedWork } from '#src/fleet/owned-work/index.js';

/** A minimal surface: a new version of a service runs in a second job of the same owner until it is healthy. */

const wanted = z.strictObject({ serviceId: z.string(), version: z.number().int(), count: z.number().int() });
const settled = z.strictObject({
  serviceId: z.string(),
  version: z.number().int(),
  outcome: z.enum(['completed', 'failed']),
});
const rolloutEvents = { SketchVersionWanted: event(wanted), SketchRolloutSettled: event(settled) };

type RolloutEvent = EventsOf<typeof rolloutEvents>;
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

export const sketchServices: Aggregate<RolloutCommand, RolloutEvent, RolloutState> = {
  category: 'sketchService',
  owner: 'services',
  events: rolloutEvents,
  stream: (serviceId) => `sketchService-${serviceId}`,
  decider,
};

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

const EVENTS = { ...rolloutEvents, ...WORK_EVENTS };

export const versions = projection<VersionDocument, typeof EVENTS>({
  name: 'sketchVersions',
  version: 1,
  events: EVENTS,
  indexes: { due: (each) => dueValue(dueAt(each)), service: ({ serviceId }) => serviceId },
  touches: ({ type, data }) => {
    if (type === 'SketchVersionWanted') return [`${data.serviceId}.${data.version}`];
    if (type === 'SketchRolloutSettled') return [{ where: 'service', equals: data.serviceId }];
    const [, serviceId, version] = VERSION.exec(data.jobId) ?? [];
    return serviceId === undefined ? [] : [`${serviceId}.${version ?? ''}`];
  },
  evolve: (document, each) => {
    const { type, data } = each;
    if (type === 'SketchVersionWanted')
      return { serviceId: data.serviceId, version: data.version, fate: 'rolling', work: NO_WORK };
    if (document === undefined) return undefined;
    if (type === 'SketchRolloutSettled')
      return { ...document, fate: fateAfter(document.fate, data.version === document.version, data.outcome) };
    return { ...document, work: evolveWork(document.work, each) };
  },
});

export const rolloutWork: AnyOwnedWork = ownedWork<
  RolloutCommand,
  RolloutEvent,
  RolloutState,
  VersionDocument
>({
  name: 'sketch-versions',
  surface: 'services',
  projection: versions,
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
