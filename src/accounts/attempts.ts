import { attempts, UNKNOWN_ACCOUNT, type AttemptEvent } from '#domain/accounts/attempt/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import { uncausedContext, type CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { ANONYMOUS, actorOf, accountActor } from './principal.js';

type Type = AttemptEvent['type'];

export interface Attempt {
  readonly type: Type;
  /** Id of the account; undefined if none is known. */
  readonly account: string | undefined;
  readonly address: string;
  /** Method and path pattern. Not for failed logins. */
  readonly route?: string;
}

interface Counted {
  readonly attempt: Omit<Attempt, 'address'> & { readonly address: string | undefined };
  count: number;
}

export interface AttemptsOptions {
  readonly executor: Pick<CommandExecutor, 'execute'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Pick<Ids, 'uuid'>;
  readonly addressDigestOf: (address: string) => string;
}

/** Maximum number of accounts and addresses that are counted separately. Attempts beyond this are counted together, so that no attack fills the log. */
const MAX_COUNTED = 1000;
const SURFACE = 'accounts';

/**
 * Counts what was tried and read, for auditors. Attempts are counted in memory and recorded by `flush`, so a crash loses those since the latest flush. The
 * domain bounds the events to one a minute.
 */
export class Attempts {
  readonly #counted = new Map<string, Counted>();

  constructor(private readonly options: AttemptsOptions) {}

  note(attempt: Attempt): void {
    const own = keyOf(attempt);
    const isFull = this.#counted.size >= MAX_COUNTED && !this.#counted.has(own);
    const counted = isFull ? { ...attempt, account: undefined, address: undefined } : attempt;
    const key = keyOf(counted);
    const before = this.#counted.get(key)?.count ?? 0;
    this.#counted.set(key, { attempt: counted, count: before + 1 });
  }

  /** Records what was counted. Counts that may not be recorded yet remain. */
  async flush(): Promise<void> {
    const { executor, clock, ids } = this.options;
    for (const [key, { attempt, count }] of [...this.#counted]) {
      const { account } = attempt;
      const actor =
        account === undefined || attempt.type === 'LoginFailed' ? actorOf(ANONYMOUS) : accountActor(account);
      const { events } = await executor.execute(
        attempts,
        account ?? UNKNOWN_ACCOUNT,
        { attempt: this.#eventOf(attempt, count), now: clock.now() },
        uncausedContext(ids.uuid(), actor, SURFACE),
      );
      if (events.length > 0) this.#subtract(key, count);
    }
  }

  /** Attempts may have been counted while the event was being recorded. */
  #subtract(key: string, recorded: number): void {
    const counted = this.#counted.get(key);
    if (counted === undefined) return;
    counted.count -= recorded;
    if (counted.count === 0) this.#counted.delete(key);
  }

  #eventOf({ type, account, address, route = '' }: Counted['attempt'], count: number): AttemptEvent {
    const data = {
      account: account ?? null,
      ...(address !== undefined && { address: this.options.addressDigestOf(address) }),
      count,
    };
    return type === 'LoginFailed' ? { type, data } : { type, data: { ...data, route: route.slice(0, 300) } };
  }
}

function keyOf({ type, account = '', address = '' }: Counted['attempt']): string {
  return `${type} ${account} ${address}`;
}
