import type { Caller } from './caller.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { WireLog } from '#src/engine/event-store/index.js';
import type { AppendLimiter } from './append-limiter.js';
import type { AppendBounds } from './bounds.js';
import type { WriteRule } from './write-rule.js';

export interface WireContext {
  readonly log: WireLog;
  readonly clock: Clock;
  readonly gate: AppendLimiter;
  readonly bounds: AppendBounds;
  readonly rule: WriteRule;
  readonly closing: AbortSignal;
  /** Throws if the caller may not read streams. */
  mayRead(caller: Caller): void;
  /** Throws if the caller may not write or delete this stream. */
  mayWrite(caller: Caller, stream: string): void;
  mayDelete(caller: Caller, stream: string): void;
  mayAsk(caller: Caller): void;
}
