import type { Clock } from '#domain/kernel/ports/clock.js';
import type { RootKey } from '#src/engine/sealing/index.js';
import { sameSecret } from './same-secret.js';

/** How long a challenge is accepted. Clocks of servers may differ by as much. */
const LIFETIME_MS = 60_000;

/**
 * Challenges for agents: a recorded request cannot be repeated once its challenge has expired. A challenge is the time, signed with the data key.
 * No server stores it, and all servers accept it.
 */
export class Challenges {
  constructor(
    private readonly root: RootKey,
    private readonly clock: Clock,
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
    return `${time}.${this.root.digest('challenges', time).toString('base64url')}`;
  }
}
