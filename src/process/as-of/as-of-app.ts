import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import type { History } from '#domain/kernel/ports/history.js';
import type { ReadModels } from '#domain/kernel/ports/read-models.js';
import { NO_QUOTAS } from '#domain/accounts/quota/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { createIdentity, Quotas } from '#src/accounts/index.js';
import { openCommandExecutor } from '#src/engine/commands/index.js';
import { storeAt } from '#src/engine/event-store/index.js';
import type { AsOfReadModels } from '#src/engine/read-models/index.js';
import { Enrolments, NodeAccess } from '#src/fleet/node-access/index.js';
import {
  JobVersions,
  NodeDocuments,
  TaskResults,
  type DocumentSource,
  type NodeCommands,
} from '#src/fleet/nodes/index.js';
import type { DecisionReads } from '#src/fleet/scheduler/index.js';
import type { Admitted, PastAnswer, PastRequest } from '#src/http/index.js';
import { buildServer, type ServerParts } from '../http/server.js';
import { processIds } from '../host/process-ids.js';
import { addDocuments, type Loaded } from '../surfaces/load.js';
import { historyAt } from './history-at.js';
import { Moment } from './moment.js';

export interface AsOfAppOptions {
  readonly catalog: Catalog;
  readonly models: AsOfReadModels;
  readonly store: EventStore;
  /** Reads the log as it is now, because the basis of a decision never changes. */
  readonly decisions: DecisionReads;
  readonly surfaces: readonly Loaded[];
  readonly settings: ServerParts['settings'];
  readonly keys: Pick<Parameters<typeof createIdentity>[0], 'root' | 'sealer' | 'jwtSecret'>;
  readonly logger: Logger;
}

/** State of the request in progress. */
interface Current {
  readonly moment: Moment;
  readonly models: ReadModels;
  readonly history: History;
  readonly store: EventStore;
  readonly executor: CommandExecutor;
  readonly caller: Admitted;
}

/** Serves the routes of all surfaces as of a position, one request at a time. */
export class AsOfApp {
  readonly #options: AsOfAppOptions;
  readonly #app: FastifyInstance;
  #now: Current | undefined;

  constructor(options: AsOfAppOptions) {
    this.#options = options;
    this.#app = buildServer(this.#parts());
  }

  async answer(request: PastRequest): Promise<PastAnswer> {
    const { models, store } = this.#options;
    const { position, time, caller } = request;
    const moment = new Moment(position, time);
    const then = storeAt(store, position, moment);
    const executor = await openCommandExecutor({ store: then, clock: systemClock, writer: 'as-of' });
    this.#now = {
      moment,
      models: models.at(position, moment),
      history: historyAt(models, position, moment),
      store: then,
      executor,
      caller,
    };
    try {
      const answer = await this.#app.inject({
        method: request.method as 'GET',
        url: request.url,
        headers: { ...request.headers, host: 'localhost' },
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: answer.rawPayload,
        from: moment.from,
        until: moment.until,
        lacks: moment.lacks,
      };
    } finally {
      this.#now = undefined;
      await executor.close();
    }
  }

  async close(): Promise<void> {
    await this.#app.close();
  }

  get #current(): Current {
    if (this.#now === undefined) throw new Error('no request is in progress');
    return this.#now;
  }

  #parts(): ServerParts {
    const { models, surfaces, settings, keys, store, decisions, logger } = this.#options;
    const current = (): Current => this.#current;
    const readModels = delegated<ReadModels>(() => current().models);
    const history = delegated<History>(() => current().history);
    const eventStore = delegated<EventStore>(() => current().store);
    const executor: CommandExecutor = {
      load: (aggregate, id) => current().executor.load(aggregate, id),
      execute: () => Promise.reject(notRecorded('a change')),
      repeated: () => Promise.resolve(undefined),
    };
    const clock: Clock = {
      ...systemClock,
      now: () => {
        current().moment.dependOnTime();
        return current().moment.time;
      },
    };
    const base = { ...keys, executor, readModels, clock, ids: processIds };
    const results = new TaskResults(keys.sealer, new JobVersions(store), store);
    const sources: DocumentSource[] = [];
    const parts: ServerParts = {
      executor,
      readModels,
      history,
      documentChanges: models,
      isPast: true,
      eventStore,
      catalog: this.#options.catalog,
      clock,
      results,
      documents: new NodeDocuments(sources, logger),
      surfaces,
      logger,
      ids: processIds,
      // Not loopback, because the request has already been authenticated and no connection is trusted here.
      settings: { ...settings, host: '0.0.0.0', joinToken: undefined },
      identity: createIdentity(base),
      nodes: new NodeAccess(base),
      enrolments: new Enrolments(base),
      admitted: () => withoutSession(current().caller),
      quotas: new Quotas({ executor, readModels, clock, defaults: settings.quotas ?? NO_QUOTAS }),
      nodeCommands: unrecordedNodes(() => current().moment),
      agentChannel: unrecorded('the response of an agent'),
      dryRuns: unrecorded('a dry run or the usage of quotas'),
      decisions,
      whatIf: unrecorded('the result of a what-if question'),
      readiness: () => [],
    };
    addDocuments(sources, surfaces, parts);
    return parts;
  }
}

/** The caller has the same rights, but a request about the past does not extend the session: the request itself has done so. */
function withoutSession({ principal, isOperator }: Admitted): Admitted {
  const isSession = principal.kind === 'user' && (principal.via === 'cookie' || principal.via === 'console');
  return { principal: isSession ? { ...principal, via: 'token' } : principal, isOperator };
}

/** Heartbeats are not recorded, so fields that they update show the values from events. */
function unrecordedNodes(moment: () => Moment): NodeCommands {
  return {
    ...unrecorded<NodeCommands>('the report of a node'),
    telemetry: () => {
      moment().lack('last_heartbeat');
      return undefined;
    },
    isRegistered: () => false,
  };
}

function notRecorded(what: string): MusterError {
  return new MusterError('MUSTER_E_NOT_AS_OF', { what });
}

/** Replaces a component whose results are not recorded. Every call is refused. */
function unrecorded<Part extends object>(what: string): Part {
  return new Proxy({} as Part, {
    get: () => () => Promise.reject(notRecorded(what)),
  });
}

function delegated<Part extends object>(present: () => Part): Part {
  return new Proxy({} as Part, {
    get: (_, name) => {
      const value: unknown = Reflect.get(present(), name);
      return typeof value === 'function' ? (value.bind(present()) as unknown) : value;
    },
  });
}
