import type { DefaultLimits } from '#domain/accounts/quota/index.js';
import { isMusterError, MusterError, type ErrorCode } from '#domain/kernel/errors/index.js';
import type { Catalog } from '#domain/kernel/catalog/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { EventStore } from '#domain/kernel/ports/event-store.js';
import {
  Branch,
  comparisonOf,
  fitOf,
  pictureOf,
  type BranchComparison,
} from '#domain/scheduling/branch/index.js';
import type { PortRange } from '#domain/scheduling/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { openCommandExecutor } from '#src/engine/commands/index.js';
import { storeAt } from '#src/engine/event-store/index.js';
import { openClusterStates, type ClusterStates } from '#src/fleet/scheduler/index.js';
import { applyChange } from './changes.js';
import type { SinceBasis, WhatIfAnswer, WhatIfQuestion, WhatIfReply } from './question.js';

export interface WhatIfOptions {
  readonly store: EventStore;
  readonly catalog: Catalog;
  readonly clock: Clock;
  readonly directory?: string | undefined;
  readonly portRange?: PortRange | undefined;
  readonly reserves: boolean;
  readonly quotas?: DefaultLimits | undefined;
}

/** Maximum number of events that are counted after the basis. */
const MAX_COUNTED = 10_000;
const REFUSALS: readonly ErrorCode[] = [
  'MUSTER_E_INVALID',
  'MUSTER_E_NODE_NOT_FOUND',
  'MUSTER_E_JOB_NOT_FOUND',
  'MUSTER_E_JOB_ARCHIVED',
];

/** Simulates changes, one question at a time, without writing anything. */
export class WhatIf {
  readonly #options: WhatIfOptions;
  readonly #states: ClusterStates;

  private constructor(options: WhatIfOptions, states: ClusterStates) {
    this.#options = options;
    this.#states = states;
  }

  static async open(options: WhatIfOptions): Promise<WhatIf> {
    return new WhatIf(options, await openClusterStates(options));
  }

  /** Throws `MUSTER_E_OVERLOADED` if the state cannot be rebuilt in time. The next call continues. */
  async ask(question: WhatIfQuestion): Promise<WhatIfReply> {
    const { store } = this.#options;
    const basis = question.position ?? (await store.head());
    try {
      return { kind: 'told', answer: await this.#tell(question, basis) };
    } catch (error) {
      const code = REFUSALS.find((each) => isMusterError(error, each));
      if (code === undefined) throw error;
      return { kind: 'refused', code, fields: (error as MusterError).fields };
    }
  }

  async #tell(question: WhatIfQuestion, basis: bigint | undefined): Promise<WhatIfAnswer> {
    const { changes, horizonMs, limit, now } = question;
    const { clock, portRange, reserves, quotas } = this.#options;
    const options = { now, portRange, reserves, quotas };
    const branch = Branch.of(await this.#states.at(basis ?? -1n), options);
    const before = pictureOf(branch.state, now);
    branch.settle({ horizonMs: 0, clock });
    await this.#jobsAt(basis, async (executor) => {
      for (const [index, change] of changes.entries())
        await applyChange(branch, executor, change, `changes[${index}]`);
    });
    const settlement = branch.settle({ horizonMs, clock });
    const comparison = comparisonOf(before, branch);
    const { moves, placed, stopped, blocked, unblocked, nodes } = comparison;
    return {
      basis,
      sinceBasis: await this.#countSince(basis),
      unsettled: settlement.settled ? undefined : settlement.because,
      elapsedMs: branch.now - now,
      comparison: shortened(comparison, limit),
      counts: {
        moves: moves.length,
        placed: placed.length,
        stopped: stopped.length,
        blocked: blocked.length,
        unblocked: unblocked.length,
        nodes: nodes.length,
      },
      fits: changes.flatMap((change) =>
        change.kind === 'fit'
          ? [fitOf(branch.state, change.specification, { ...options, now: branch.now })]
          : [],
      ),
    };
  }

  /** Opens the jobs as of the basis. */
  async #jobsAt(
    basis: bigint | undefined,
    work: (executor: Pick<CommandExecutor, 'load'>) => Promise<void>,
  ): Promise<void> {
    const { store, clock } = this.#options;
    const then = storeAt(store, basis ?? -1n, { include: () => undefined });
    const executor = await openCommandExecutor({ store: then, clock, writer: 'what-if' });
    try {
      await work(executor);
    } finally {
      await executor.close();
    }
  }

  async #countSince(basis: bigint | undefined): Promise<SinceBasis> {
    let events = 0;
    const from = basis === undefined ? {} : { from: basis };
    for await (const page of this.#options.store.readAll({ ...from, limit: MAX_COUNTED + 1 }))
      events += page.length;
    return { events: Math.min(events, MAX_COUNTED), more: events > MAX_COUNTED };
  }
}

function shortened(comparison: BranchComparison, most: number): BranchComparison {
  const { moves, placed, stopped, blocked, unblocked, nodes } = comparison;
  return {
    ...comparison,
    moves: moves.slice(0, most),
    placed: placed.slice(0, most),
    stopped: stopped.slice(0, most),
    blocked: blocked.slice(0, most),
    unblocked: unblocked.slice(0, most),
    nodes: nodes.slice(0, most),
  };
}
