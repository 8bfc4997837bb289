import type { Logger } from 'pino';
import { jobIdOf, ownerOf, specificationOf } from '#domain/claim/index.js';
import { backOff } from '#domain/dispatch/next-step.js';
import { isMusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';
import type { Ids } from '#domain/ports/ids.js';
import type { ReadModels } from '#domain/ports/read-models.js';
import { MODELS, type GpuClaimDocument } from '#projections/documents.js';
import { DUE, dueOf, type ClaimDue } from '#projections/gpu-claims.js';
import { claims, jobs, madeId, type CommandContext, type CommandExecutor } from '#src/engine/commands/index.js';

export interface ClaimSagaOptions {
  readonly executor: CommandExecutor;
  readonly readModels: ReadModels;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  /** Who fills the read models in this process: while it stands where it stood there is nothing new to see. Absent: another process does, and each look is a real one. */
  readonly projector?: { readonly position: bigint } | undefined;
  /** Milliseconds between two looks that nobody asked for. Default 250. */
  readonly everyMs?: number;
}

export interface ClaimSaga {
  /** Looks at once, or again once the look under way is over, when the read model has come to this position. */
  wake(position: bigint): void;
  stop(): Promise<void>;
}

const EVERY_MS = 250;
const FOLD_PATIENCE = 1000;
/** Between looks that bring nothing but failures. */
const LONGEST_PAUSE_MS = 8000;
/** Claims that are dealt with at once. */
const AT_ONCE = 32;

/**
 * Makes follow what the log says must: the job of a claim that is held is begun, that of one that was released is stopped, a claim
 * whose job has ended gives back. It keeps nothing: what is due is read from the read model, decided anew against the streams
 * themselves, and what another server did first leaves no second event. So it goes on after a crash wherever the log stands.
 */
export function startClaimSaga({ executor, readModels, clock, ids, logger, projector, everyMs = EVERY_MS }: ClaimSagaOptions): ClaimSaga {
  const stopping = new AbortController();
  let pause = new AbortController();
  /** What the read model has to show before it is looked at. */
  let wanted = 0n;
  /** Looks in a row that failed, in whole or in part. */
  let failures = 0;
  /** Where the projector was before the last look that settled all it saw. */
  let seen: bigint | undefined;

  async function settle(due: ClaimDue, claim: GpuClaimDocument): Promise<bigint | undefined> {
    const { claimId, userId } = claim;
    const context = contextOf(claimId, ids);
    switch (due) {
      case 'release':
        return (await executor.execute(claims, userId, { kind: 'release', userId, claimId }, context)).position;
      case 'end':
        return (await executor.execute(claims, userId, { kind: 'end', userId, claimId, outcome: claim.job === 'succeeded' ? 'succeeded' : 'failed' }, context)).position;
      case 'begin':
        return await begin(claimId, userId, context);
      case 'stop': {
        const jobId = jobIdOf(claimId);
        return (await executor.execute(jobs, jobId, { kind: 'stop', jobId, evaluationId: evaluationOf(claimId, 'stop') }, context)).position;
      }
    }
  }

  /** The account's stream says what the job is to be, and whether it still is to be. */
  async function begin(claimId: string, userId: string, context: CommandContext): Promise<bigint | undefined> {
    const held = (await executor.load(claims, userId)).get(claimId);
    if (held === undefined) return undefined;
    const jobId = jobIdOf(claimId);
    const command = { kind: 'begin', jobId, evaluationId: evaluationOf(claimId, 'begin'), specification: specificationOf(held), owner: ownerOf(held) } as const;
    return (await executor.execute(jobs, jobId, command, context, { fresh: true })).position;
  }

  /** Answers the position of the newest event that this left. What cannot be done now is due again at the next look; the others go on. */
  async function look(): Promise<bigint | undefined> {
    let newest: bigint | undefined;
    const problems: unknown[] = [];
    for await (const page of readModels.list(MODELS.gpuClaims, { where: { index: 'due', value: DUE } })) {
      for (let first = 0; first < page.length && !stopping.signal.aborted; first += AT_ONCE) {
        const documents = page.slice(first, first + AT_ONCE).map(({ json }) => JSON.parse(json) as GpuClaimDocument);
        for (const settled of await Promise.allSettled(documents.map(one))) {
          if (settled.status === 'rejected') problems.push(settled.reason);
          else if (settled.value !== undefined && (newest === undefined || settled.value > newest)) newest = settled.value;
        }
      }
    }
    failures = problems.length === 0 ? 0 : failures + 1;
    if (problems.length > 0) logger.warn({ code: 'claims-not-settled', claims: problems.length, problem: problemOf(problems[0]) });
    return newest;
  }

  async function one(claim: GpuClaimDocument): Promise<bigint | undefined> {
    const due = dueOf(claim);
    const position = due === undefined ? undefined : await settle(due, claim);
    if (position !== undefined) logger.info({ code: 'claim-settled', claimId: claim.claimId, due });
    return position;
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      pause = new AbortController();
      try {
        if (readModels.position() < wanted) await readModels.waitFor(wanted, FOLD_PATIENCE);
        const position = projector?.position;
        if (position === undefined || position !== seen) {
          // The next look must not see what this one has settled.
          const settled = await look();
          if (settled !== undefined && settled > wanted) wanted = settled;
          seen = failures === 0 ? position : undefined;
        }
      } catch (error) {
        failures += 1;
        // At the start they are being built.
        if (!isMusterError(error, 'MUSTER_E_READ_MODEL_UNAVAILABLE')) logger.warn({ code: 'claims-not-seen', problem: problemOf(error) });
      }
      if (!stopping.signal.aborted) await clock.sleep(failures === 0 ? everyMs : backOff(failures, everyMs, LONGEST_PAUSE_MS), pause.signal);
    }
  }

  const running = run();
  return {
    wake(position) {
      if (position > wanted) wanted = position;
      pause.abort();
    },
    async stop() {
      stopping.abort();
      pause.abort();
      await running;
    },
  };
}

/** The same each time: a job has one beginning and one end, whoever makes it. */
function evaluationOf(claimId: string, step: 'begin' | 'stop'): string {
  return madeId(claimId.slice('claim-'.length), `evaluation ${step}`);
}

function contextOf(claimId: string, ids: Ids): CommandContext {
  const commandId = ids.uuid();
  return { commandId, repeatable: false, bodyDigest: '', correlationId: claimId, causationId: claimId, actor: 'saga:claims', surface: 'gpu' };
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
