import fc from 'fast-check';
import type { JobSpecification, TaskGroup } from '#domain/jobs/job/specification.js';
import { ASSIGNS_PORTS, MOUNTS_VOLUMES } from '#domain/kernel/resources.js';
import type { ClusterStateEvent } from '#domain/scheduling/index.js';
import type { World } from './world.js';

/** One event in a cluster. Its numbers select among the objects that exist. */
export type Happening =
  | {
      readonly kind: 'register';
      readonly node: number;
      readonly resources: Record<string, number>;
      readonly zone: string;
      readonly docker: boolean;
    }
  | {
      readonly kind: 'node';
      readonly node: number;
      readonly change:
        | 'down'
        | 'back'
        | 'remove'
        | 'drain'
        | 'undrain'
        | 'ineligible'
        | 'eligible'
        | 'sick'
        | 'well'
        | 'fewer slots'
        | 'more slots';
    }
  | {
      readonly kind: 'specify';
      readonly job: number;
      readonly type: 'JobSubmitted' | 'JobUpdated' | 'JobRestarted';
      readonly specification: JobSpecification;
    }
  /** The newest version's deployment opens this many slots of both groups, or ends. */
  | {
      readonly kind: 'deployment';
      readonly job: number;
      readonly open: number;
      readonly outcome: 'completed' | 'failed' | undefined;
    }
  | { readonly kind: 'end'; readonly job: number; readonly type: 'JobStopped' | 'JobDeleted' }
  | {
      readonly kind: 'report';
      readonly allocation: number;
      readonly type: 'AllocationCompleted' | 'AllocationFailed' | 'AllocationStopped' | 'AllocationLost';
    }
  | { readonly kind: 'volume'; readonly name: string; readonly change: 'delete' | 'deleted' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'plan'; readonly maxEvents: number }
  /** A plan is made, facts arrive, then the plan is appended. */
  | { readonly kind: 'race'; readonly maxEvents: number; readonly facts: readonly Happening[] };

const NODES = 4;
const JOBS = 5;
/** Jobs from this number on belong to the tenant, others to the operator. */
const TENANTS_FROM = 2;
export const TENANT = 't';

const resources = fc.record({
  cpu: fc.constantFrom(0, 150, 400, 1000),
  memory: fc.constantFrom(100, 400, 1000),
  gpus: fc.constantFrom(0, 1, 3),
});

const taskGroup = (name: string): fc.Arbitrary<TaskGroup> =>
  fc
    .record({
      count: fc.constantFrom(0, 1, 2, 5),
      cpu: fc.constantFrom(50, 100, 300),
      gpus: fc.constantFrom(0, 0, 0, 1, 2),
      port: fc.constantFrom(undefined, undefined, 80, 81, 20_001),
      dynamic: fc.constantFrom(0, 0, 1, 2),
      prefer: fc.constantFrom(undefined, 20_000, 20_002),
      volume: fc.constantFrom(undefined, undefined, 'v0', 'v1'),
      reads: fc.boolean(),
      slots: fc.constantFrom(0, 0, 1, 4),
      image: fc.boolean(),
      zone: fc.constantFrom(undefined, undefined, 'a', '!b'),
      lost: fc.constantFrom(undefined, 'fail' as const),
      restart: fc.constantFrom(
        undefined,
        { attempts: 1, delay: 1, mode: 'fail' as const },
        { attempts: 0, delay: 0, mode: 'delay' as const },
      ),
      update: fc.constantFrom(undefined, undefined, {}, { max_parallel: 2 }),
    })
    .map(
      ({
        count,
        cpu,
        gpus,
        port,
        dynamic,
        prefer,
        volume,
        reads,
        slots,
        image,
        zone,
        lost,
        restart,
        update,
      }) => ({
        name,
        count: image && volume !== undefined && !reads ? Math.min(count, 1) : count,
        tasks: [
          {
            name: 'task',
            ...(image
              ? { driver: 'docker', config: { image: 'x' } }
              : { driver: 'exec', config: { command: 'true' } }),
            ports: [
              ...(port === undefined ? [] : [{ host: port }]),
              ...(image
                ? [8000, 8001].slice(0, dynamic).map((container) => ({
                    container,
                    dynamic: true,
                    ...(prefer === undefined ? {} : { prefer }),
                  }))
                : []),
            ],
            ...(image && volume !== undefined
              ? { volumes: [{ name: volume, path: '/data', read_only: reads }] }
              : {}),
            resources: {
              cpu,
              memory: 50,
              ...(gpus === 0 ? {} : { gpus }),
              ...(slots === 0 ? {} : { slots }),
            },
          },
        ],
        ...(zone === undefined
          ? {}
          : {
              constraints: [
                {
                  attribute: 'zone',
                  operator: zone.startsWith('!') ? ('!=' as const) : ('=' as const),
                  value: zone.replace('!', ''),
                },
              ],
            }),
        ...(lost === undefined ? {} : { lost }),
        ...(restart === undefined ? {} : { restart }),
        ...(update === undefined ? {} : { update }),
      }),
    );

export const specification: fc.Arbitrary<JobSpecification> = fc
  .tuple(taskGroup('one'), fc.option(taskGroup('two')), fc.constantFrom(undefined, 10, 90))
  .map(([one, two, priority]) => ({
    task_groups: two === null ? [one] : [one, two],
    ...(priority === undefined ? {} : { priority }),
  }));

const node = fc.nat(NODES - 1);
const job = fc.nat(JOBS - 1);

const register: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constant('register'),
  node,
  resources,
  zone: fc.constantFrom('a', 'b'),
  docker: fc.boolean(),
});

const fact: fc.Arbitrary<Happening> = fc.oneof(
  { arbitrary: register, weight: 12 },
  {
    arbitrary: fc.record({
      kind: fc.constant('node'),
      node,
      change: fc.constantFrom(
        'down',
        'back',
        'remove',
        'drain',
        'undrain',
        'ineligible',
        'eligible',
        'sick',
        'well',
        'fewer slots',
        'more slots',
      ),
    }),
    weight: 12,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('specify'),
      job,
      type: fc.constantFrom('JobSubmitted', 'JobUpdated', 'JobUpdated', 'JobRestarted'),
      specification,
    }),
    weight: 20,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('deployment'),
      job,
      open: fc.nat(5),
      outcome: fc.constantFrom(undefined, undefined, 'completed' as const, 'failed' as const),
    }),
    weight: 6,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('end'),
      job,
      type: fc.constantFrom('JobStopped', 'JobDeleted'),
    }),
    weight: 5,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('report'),
      allocation: fc.nat(30),
      type: fc.constantFrom('AllocationCompleted', 'AllocationFailed', 'AllocationStopped', 'AllocationLost'),
    }),
    weight: 20,
  },
  {
    arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.constantFrom(0, 500, 1000, 5000, 100_000) }),
    weight: 6,
  },
  {
    arbitrary: fc.record({
      kind: fc.constant('volume'),
      name: fc.constantFrom('v0', 'v1'),
      change: fc.constantFrom('delete', 'deleted'),
    }),
    weight: 3,
  },
  { arbitrary: fc.constant<Happening>({ kind: 'clear' }), weight: 1 },
) as fc.Arbitrary<Happening>;

const maxEvents = fc.constantFrom(1, 2, 3, 5, 200);

export const facts = fc.array(fact, { maxLength: 10, size: 'max' });

export const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    { arbitrary: fact, weight: 6 },
    { arbitrary: fc.record({ kind: fc.constant('plan'), maxEvents }), weight: 5 },
    {
      arbitrary: fc.record({
        kind: fc.constant('race'),
        maxEvents,
        facts: fc.array(fact, { minLength: 1, maxLength: 3 }),
      }),
      weight: 2,
    },
  ) as fc.Arbitrary<Happening>,
  { maxLength: 80, size: 'max' },
);

/** Converts a happening to an event of this world, or returns undefined if it cannot occur there. */
export function eventOf(world: World, happening: Happening): ClusterStateEvent | undefined {
  switch (happening.kind) {
    case 'register':
      return {
        type: 'NodeRegistered',
        data: {
          nodeId: `n${happening.node}`,
          epoch: world.nextEpoch(`n${happening.node}`),
          ipAddress: '10.0.0.1',
          resources: happening.resources,
          attributes: {
            zone: happening.zone,
            [ASSIGNS_PORTS]: true,
            [MOUNTS_VOLUMES]: happening.zone === 'a',
          },
          ...(happening.docker ? {} : { drivers: ['exec'] }),
          healthy: true,
          endpoint: null,
          protocol: 'muster',
        },
      };
    case 'node':
      return nodeEvent(`n${happening.node}`, world.epochOf(`n${happening.node}`), happening.change);
    case 'specify':
      return {
        type: happening.type,
        data: {
          jobId: `j${happening.job}`,
          evaluationId: world.nextEvaluation(),
          specification: happening.specification,
          ...(happening.job >= TENANTS_FROM && {
            owner: { surface: 'tasks', tenant: TENANT, principal: 'p' },
          }),
        },
      };
    case 'deployment': {
      const { job, open, outcome } = happening;
      const jobId = `j${job}`;
      const version = world.state.jobs.get(jobId)?.version;
      if (version === undefined) return undefined;
      if (outcome === undefined)
        return {
          type: 'JobDeploymentAdvanced',
          data: { jobId, version, groups: ['one', 'two'].map((name) => ({ name, open })) },
        };
      return {
        type: 'JobDeploymentSettled',
        data: { jobId, version, outcome, reason: { code: 'healthy', message: '' } },
      };
    }
    case 'end':
      return {
        type: happening.type,
        data: { jobId: `j${happening.job}`, evaluationId: world.nextEvaluation() },
      };
    case 'report': {
      const live = [...world.heldAllocations(), ...world.lostAllocations()];
      const place = live[happening.allocation % Math.max(1, live.length)];
      if (place === undefined) return undefined;
      return happening.type === 'AllocationLost'
        ? { type: 'AllocationLost', data: { ...place, reason: 'gone' } }
        : { type: happening.type, data: { ...place, startTime: null, endTime: null, message: null } };
    }
    case 'volume': {
      const { name } = happening;
      if (happening.change === 'delete') return { type: 'VolumeDeleteAsked', data: { name } };
      // Agents remove only volumes that the plan log has released.
      const closing = world.state.ledger.volumes.closingOf(name);
      return closing?.dropped === true ? { type: 'VolumeDeleted', data: { name, node: null } } : undefined;
    }
    case 'clear':
      return { type: 'ClusterCleared', data: {} };
    default:
      return undefined;
  }
}

function nodeEvent(
  nodeId: string,
  epoch: number,
  change: Extract<Happening, { kind: 'node' }>['change'],
): ClusterStateEvent | undefined {
  if (epoch === 0) return undefined;
  switch (change) {
    case 'down':
      return { type: 'NodeWentDown', data: { nodeId, epoch, reason: 'silent' } };
    case 'back':
      return { type: 'NodeCameBack', data: { nodeId, epoch } };
    case 'remove':
      return { type: 'NodeRemoved', data: { nodeId, epoch, reason: 'crowded' } };
    case 'drain':
      return { type: 'NodeDrainStarted', data: { nodeId } };
    case 'undrain':
      return { type: 'NodeDrainEnded', data: { nodeId } };
    case 'ineligible':
    case 'eligible':
      return { type: 'NodeEligibilitySet', data: { nodeId, eligible: change === 'eligible' } };
    case 'fewer slots':
    case 'more slots':
      return { type: 'NodeSlotsSet', data: { nodeId, slots: change === 'more slots' ? 12 : 2 } };
    case 'sick':
    case 'well':
      return {
        type: 'NodeHeartbeatReceived',
        data: { nodeId, epoch, healthy: change === 'well', resources: {} },
      };
  }
}
