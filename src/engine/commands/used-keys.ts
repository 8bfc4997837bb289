import { LRUCache } from 'lru-cache';
import { MusterError } from '#domain/errors/index.js';
import type { CommandContext } from './executor.js';

/**
 * Which body each of the newest commands with an `Idempotency-Key` had, in this process. The fold knows a command only in
 * the stream that it went to; this also meets a key that comes again for another stream, as `POST /jobs` with another `job_id`.
 */
export class UsedKeys {
  /** It takes all its room when it is made: not before a key comes. */
  #digests: LRUCache<string, string> | undefined;

  constructor(private readonly bound: number) {}

  /** Throws `MUSTER_E_IDEMPOTENCY_KEY_REUSED` where the command came with another body before. */
  check(context: CommandContext): void {
    const digest = this.#digests?.peek(context.commandId);
    if (digest !== undefined && digest !== context.bodyDigest) throw new MusterError('MUSTER_E_IDEMPOTENCY_KEY_REUSED');
  }

  keep(context: CommandContext): void {
    this.#digests ??= new LRUCache({ max: this.bound });
    this.#digests.set(context.commandId, context.bodyDigest);
  }
}
