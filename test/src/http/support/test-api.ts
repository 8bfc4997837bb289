import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import pino from 'pino';
import type { Test } from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { EVENT_CATALOG, type MusterEvent } from '#test/fixtures/muster-events.js';
import type { AgentChannel } from '#domain/protocol/agent-channel.js';
import type { EventStore, RecordedEvent } from '#domain/kernel/ports/event-store.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import type { Identity, IdentityLimits } from '#src/accounts/identity.js';
import { buildServer, type ServerParts } from '#src/process/http/server.js';
import { openCommandExecutor } from '#src/engine/commands/command-executor.js';
import { DecidedEvents } from '#src/engine/commands/decided-events.js';
import {
  DEFAULT_ENROLMENT_LIMITS,
  Enrolments,
  NodeAccess,
  type EnrolmentLimits,
} from '#src/fleet/node-access/index.js';
import { createNodeCommands } from '#src/fleet/nodes/nodes.js';
import { NO_QUOTAS } from '#domain/accounts/quota/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { Quotas } from '#src/accounts/index.js';
import { openSqliteEventStore } from '#src/engine/event-store/index.js';
import { JobVersions } from '#src/fleet/nodes/job-versions.js';
import { TaskResults } from '#src/fleet/nodes/task-results.js';
import { startPlacements } from '#src/fleet/nodes/live-placements.js';
import { RefusedAgents } from '#src/fleet/nodes/refused-agents.js';
import { LastSeen } from '#src/fleet/nodes/last-seen.js';
import {
  AsOfReadModels,
  openReadModels,
  startProjector,
  type Projector,
} from '#src/engine/read-models/index.js';
import { FOLDS, readSettings } from '#src/process/index.js';
import { NodeDocuments, type DocumentSource } from '#src/fleet/nodes/node-documents.js';
import { addDocuments, loadSurfaces } from '#src/process/surfaces/load.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { PROJECTOR } from '../../../fixtures/program.js';
import { openTestIdentity, type TestIdentityOptions } from '../../../fixtures/identity.js';
import { answerOf } from '#src/features/what-if/index.js';
import { WhatIf } from '#src/features/what-if/what-if.js';
import { Decisions } from '#src/fleet/scheduler/decisions.js';
import { followedDryRuns } from '../../../fixtures/dry-runs.js';
import { append } from '../../../contract/read-models/fixture.js';

const logger = pino({ level: process.env['MUSTER_TEST_LOG'] ?? 'silent' });

/** A channel whose agents never respond. */
export const noAgents: AgentChannel = {
  place: async () => ({ kind: 'unknown', problem: 'no agents here' }),
  stop: async () => ({ kind: 'unknown', problem: 'no agents here' }),
  status: async () => ({ kind: 'unknown', problem: 'no agents here' }),
  usage: async () => ({ kind: 'unknown', problem: 'no agents here' }),
  usageHistory: async () => ({ kind: 'unknown', problem: 'no agents here' }),
  metrics: async () => ({ kind: 'unknown', problem: 'no agents here' }),
  removeVolume: async () => ({ kind: 'unknown', problem: 'no agents here' }),
  logs: async () => ({ kind: 'unknown', problem: 'no agents here' }),
  command: async () => ({ kind: 'unknown', problem: 'no agents here' }),
  close: async () => undefined,
};

export interface Said {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
  json(): never;
}

export interface TestApi {
  readonly app: FastifyInstance;
  readonly executor: CommandExecutor;
  readonly identity: Identity;
  readonly nodes: NodeAccess;
  readonly store: EventStore;
  readonly models: ReadModels;
  readonly projector: Projector;
  readonly parts: ServerParts;
  /** Sends a request; an object is sent as JSON. `from`: client address instead of loopback. */
  say(
    method: string,
    url: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
    from?: string,
  ): Promise<Said>;
  events(): Promise<RecordedEvent[]>;
  /** Appends events as other programs do, and waits until reads show them. */
  happened(...events: readonly MusterEvent[]): Promise<bigint>;
  caughtUp(): Promise<void>;
}

/** Opens the API with real stores and read models, without scheduler, dispatcher and agents. `environment` has the surface settings. */
export async function openTestApi(
  t: Test,
  {
    passwordCost,
    openRegistration,
    allowBearerJoin = true,
    ...over
  }: Partial<Omit<ServerParts, 'settings'>> & {
    readonly settings?: Omit<ServerParts['settings'], 'surfaces'>;
  } & Pick<TestIdentityOptions, 'passwordCost' | 'openRegistration'> & {
      /** Whether the join token itself is accepted. Default: yes, so that a test can act as a node with one header. */
      readonly allowBearerJoin?: boolean;
    } = {},
  prepare: (app: FastifyInstance) => void = () => undefined,
  limits: Partial<IdentityLimits & EnrolmentLimits> = {},
  environment: Readonly<Record<string, string>> = {},
): Promise<TestApi> {
  const directory = t.testdir();
  const store = await openSqliteEventStore({ directory });
  const projector = startProjector({ entry: PROJECTOR, eventStoreHandle: store.handle(), directory });
  await projector.ready;
  const models = openReadModels({ projections: FOLDS.projections, directory, clock: systemClock, projector });
  const history = new AsOfReadModels({
    ...FOLDS,
    directory,
    store,
  });
  const decided = new DecidedEvents();
  const executor = await openCommandExecutor({ store, clock: systemClock, writer: randomUUID(), decided });
  const placements = startPlacements({ store, catalog: EVENT_CATALOG, clock: systemClock, logger });
  await placements.ready;
  const telemetry = new LastSeen(systemClock);
  const identity = await openTestIdentity({
    directory,
    executor,
    readModels: models,
    limits,
    clock: over.clock,
    passwordCost,
    openRegistration,
  });
  const ids = { uuid: randomUUID };
  const clock = over.clock ?? systemClock;
  const { root } = identity;
  const joinToken = over.settings?.joinToken;
  const nodes = new NodeAccess({ executor, root, ids, clock, joinToken, allowBearerJoin });
  const versions = new JobVersions(store);
  const results = new TaskResults(identity.sealer, versions, store);
  const nodeCommands = createNodeCommands({
    executor,
    clock: systemClock,
    placements,
    telemetry,
    jobs: versions,
    results,
    logger,
    refused: new RefusedAgents(systemClock),
    timeoutMs: 30_000,
  });
  const { surfaces: ofSurfaces } = readSettings(environment);
  const surfaces = await loadSurfaces();
  const { settings, limits: bounds, ...rest } = over;
  const whatIf = await WhatIf.open({
    store,
    catalog: EVENT_CATALOG,
    clock: systemClock,
    reserves: true,
    quotas: settings?.quotas,
  });
  const follower = followedDryRuns(store, settings?.quotas);
  const sources: DocumentSource[] = [];
  const parts: ServerParts = {
    executor,
    decided,
    readModels: models,
    history,
    nodeCommands,
    results,
    documents: new NodeDocuments(sources, logger),
    agentChannel: noAgents,
    eventStore: store,
    catalog: EVENT_CATALOG,
    dryRuns: follower,
    decisions: new Decisions({ store, catalog: EVENT_CATALOG, clock: systemClock, quotas: settings?.quotas }),
    whatIf: { ask: async (question) => answerOf(await whatIf.ask(question)) },
    settings: {
      ...(settings ?? { testApiKey: 'test-key', joinToken: undefined, host: '127.0.0.1' }),
      surfaces: ofSurfaces,
    },
    identity,
    nodes,
    enrolments: new Enrolments({
      executor,
      readModels: models,
      clock,
      limits: { ...DEFAULT_ENROLMENT_LIMITS, ...limits },
    }),
    quotas: new Quotas({
      executor,
      readModels: models,
      clock,
      defaults: settings?.quotas ?? NO_QUOTAS,
    }),
    surfaces,
    clock: systemClock,
    ids,
    readiness: () => [],
    logger,
    // A GET shows earlier changes, however slow the machine is.
    limits: { waitMs: 30_000, ...bounds },
    ...rest,
  };
  addDocuments(sources, surfaces, parts);
  const app = buildServer(parts);
  prepare(app);
  t.teardown(async () => {
    await app.close();
    await follower.stop();
    await placements.stop();
    await executor.close();
    await identity.sealer.close();
    history.close();
    await models.close();
    await projector.close();
    await store.close();
  });
  await app.ready();
  const shown = async (position: bigint): Promise<void> => {
    if (!(await models.waitFor(position, 10_000 * PATIENCE)))
      throw new Error('the read models did not get there');
  };
  return {
    app,
    executor,
    identity,
    nodes,
    store,
    models,
    projector,
    parts,
    say: async (method, url, body, headers = {}, from = '127.0.0.1') => {
      const payload = body === undefined ? {} : { payload: body as string | object };
      const answer = await app.inject({
        method: method as 'GET',
        url,
        headers,
        remoteAddress: from,
        ...payload,
      });
      return {
        status: answer.statusCode,
        body: answer.body,
        headers: answer.headers,
        json: () => JSON.parse(answer.body) as never,
      };
    },
    events: async () => {
      const found: RecordedEvent[] = [];
      for await (const page of store.readAll()) found.push(...page);
      return found;
    },
    happened: async (...events) => {
      const position = await append(store, events);
      await shown(position);
      return position;
    },
    caughtUp: async () => await shown((await store.head()) ?? -1n),
  };
}

export function aJob(over: object = {}): Record<string, unknown> {
  return {
    task_groups: [
      {
        name: 'web',
        tasks: [{ name: 'main', config: { command: 'true' }, resources: { cpu: 100, memory: 64 } }],
      },
    ],
    ...over,
  };
}
