import { LRUCache } from 'lru-cache';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { CommandContext } from './executor.js';

/**
 * Remembers the bodies of recent commands with an `Idempotency-Key` in this process. The fold knows a command only in its own stream; this also
 * detects a key that is reused for another stream, as `POST /jobs` with another `job_id`.
 */
export class IdempotencyKeyCache {
  /** The cache allocates all its memory at once, so it is created with the first key. */
  #digests: LRUCache<string, string> | undefined;

  constructor(private readonly bound: number) {}

  /** Throws `MUSTER_E_IDEMPOTENCY_KEY_REUSED` if the command was sent with another body before. */
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
