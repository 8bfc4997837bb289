import type { Caller } from './caller.js';
import type { Clock } from '#domain/ports/clock.js';
import type { WireLog } from '../wire-log.js';
import type { Gate } from './gate.js';
import type { AppendBounds } from './bounds.js';
import type { WriteRule } from './write-rule.js';

/** What every call of the wire works with. */
export interface WireContext {
  readonly log: WireLog;
  readonly clock: Clock;
  readonly gate: Gate;
  readonly bounds: AppendBounds;
  /** What may be written, by anybody. */
  readonly rule: WriteRule;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
  /** Throws where the caller may not read streams. */
  mayRead(caller: Caller): void;
  /** Throws where the caller may not write this stream, or delete it. */
  mayWrite(caller: Caller, stream: string): void;
  /** Throws where credentials were sent that are not right. */
  mayAsk(caller: Caller): void;
}
