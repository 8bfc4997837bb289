import { LRUCache } from 'lru-cache';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { CommandContext } from '#domain/kernel/ports/command-executor.js';

/**
 * Caches the body digests of recent commands of this process that had an `Idempotency-Key`. A fold only recognizes commands of its own stream. This
 * cache also detects a key that is reused for a different stream, for example by `POST /jobs` with a different `job_id`.
 */
export class IdempotencyKeyCache {
  #digests: LRUCache<string, string> | undefined;

  constructor(private readonly bound: number) {}

  /** Throws `MUSTER_E_IDEMPOTENCY_KEY_REUSED` if the command was sent before with a different body. */
  check(context: CommandContext): void {
    const digest = this.#digests?.peek(context.commandId);
    if (digest !== undefined && digest !== context.bodyDigest)
      throw new MusterError('MUSTER_E_IDEMPOTENCY_KEY_REUSED');
  }

  keep(context: CommandContext): void {
    this.#digests ??= new LRUCache({ max: this.bound });
    this.#digests.set(context.commandId, context.bodyDigest);
  }
}
