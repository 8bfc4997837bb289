import type { Clock } from '#domain/kernel/ports/clock.js';
import { sameSecret } from './same-secret.js';

/** How long a challenge is accepted. Clocks of servers may differ by as much. */
const LIFETIME_MS = 60_000;

/**
 * Challenges for the other end: a recorded request cannot be repeated once its challenge has expired. A challenge is the time, signed with a key of the end
 * that issues it, so it need not be stored. That of servers is derived from the data key, so all servers accept it.
 */
export class Challenges {
  constructor(
    private readonly sign: (time: string) => Buffer,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  issue(): string {
    return this.#at(Math.floor(this.clock.now()).toString(36));
  }

  isFresh(challenge: string): boolean {
    const [at = ''] = challenge.split('.', 1);
    if (!/^[0-9a-z]{1,10}$/.test(at) || !sameSecret(this.#at(at), challenge)) return false;
    return Math.abs(this.clock.now() - Number.parseInt(at, 36)) < LIFETIME_MS;
  }

  #at(time: string): string {
    return `${time}.${this.sign(time).toString('base64url')}`;
  }
}
