import { reservations } from '#domain/reservation/index.js';
import { COOKIE_LIFETIME_MS, REFRESH_LIFETIME_MS, sessions } from '#domain/session/index.js';
import { MusterError } from '#domain/errors/index.js';
import type { Clock } from '#domain/ports/clock.js';
import type { Ids } from '#domain/ports/ids.js';
import { users, type PresentUser, type Role } from '#domain/user/index.js';
import { type CommandContext, type CommandExecutor, once, Turns } from '#src/engine/commands/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import type { Failures } from './failures.js';
import { openedOrMarked } from './opened-or-marked.js';
import type { Passwords } from './passwords.js';
import { PURPOSE, type Registrations } from './registrations.js';
import { TOKEN_SECONDS, type Tokens } from './tokens.js';

export interface LoginOptions {
  readonly executor: CommandExecutor;
  readonly sealer: Sealer;
  readonly passwords: Passwords;
  readonly registrations: Registrations;
  readonly tokens: Tokens;
  readonly failures: Failures;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** A session of a browser, and whose it is. */
export interface BrowserSession {
  readonly sessionId: string;
  /** As it was registered. */
  readonly username: string;
  readonly role: Role;
}

/** A session that a login opened. */
export interface OpenedSession {
  readonly sessionId: string;
  readonly user: PresentUser;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** When a session ends that is opened now. */
type Expiry = (now: number) => number;
const TOKEN: Expiry = (now) => (Math.floor(now / 1000) + TOKEN_SECONDS) * 1000;
const REFRESHABLE: Expiry = (now) => now + REFRESH_LIFETIME_MS;
const COOKIE: Expiry = (now) => now + COOKIE_LIFETIME_MS;

/** What a login is to be, other than a session for so long. */
interface LoginWish {
  /** Id of the refresh token that is given with it. */
  readonly refreshId?: string;
}

export interface LoggedIn {
  readonly token: string;
  readonly userId: string;
  readonly sessionId: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Logins that may wait for others of the same account and address, or because the account is slowed. */
const MAX_WAITING = 4096;
/** And of one account, so that no other account waits for it. */
const MAX_SLOWED = 64;
/** Where it is not said from where. */
const NOWHERE = '';

/** Turns a username and its password into a session and its token. */
export class Logins {
  /** One login of an account and an address at a time: so each counts before the next is looked at. */
  readonly #turns = new Turns(MAX_WAITING);
  /** How many wait because their account is slowed. */
  readonly #slowed = new Map<string, number>();

  constructor(private readonly options: LoginOptions) {}

  /**
   * A session for a program, and its token.
   *
   * Errors: `MUSTER_E_CREDENTIALS_WRONG` for whatever is wrong (no such account, wrong password, not active), after the same work;
   * `MUSTER_E_RATE_LIMITED` after too many failures from this address; `MUSTER_E_OVERLOADED`.
   */
  async logIn(username: string, password: string, context: CommandContext, address = NOWHERE): Promise<LoggedIn> {
    const { sessionId, user, expiresAt } = await this.#open(username, password, TOKEN, context, address);
    const { userId } = user;
    return { token: await this.options.tokens.sign({ userId, sessionId }, expiresAt), userId, sessionId, expiresAt };
  }

  /** A session for a browser: it slides with its use. Errors: those of {@link logIn}. */
  async openForBrowser(username: string, password: string, context: CommandContext, address = NOWHERE): Promise<BrowserSession> {
    const { sessionId, user } = await this.#open(username, password, COOKIE, context, address);
    return { sessionId, username: await openedOrMarked(this.options.sealer, user.username, PURPOSE.username), role: user.role };
  }

  /**
   * A session that goes on by refresh tokens, the first of which has the id `refreshId`. To who knows its password an account that is not active is
   * `MUSTER_E_ACCOUNT_INACTIVE`. Other errors: those of {@link logIn}.
   */
  async openToRefresh(username: string, password: string, refreshId: string, context: CommandContext, address = NOWHERE): Promise<OpenedSession> {
    return await this.#open(username, password, REFRESHABLE, context, address, { refreshId });
  }

  /** A browser uses its session: what is over stays over, and what was renewed a moment ago is left as it is. */
  async renew(sessionId: string, context: CommandContext): Promise<void> {
    await this.options.executor.execute(sessions, sessionId, { kind: 'renew', sessionId, now: this.options.clock.now() }, once(context));
  }

  /** Ends a session. One that is over already stays over. */
  async logOut(sessionId: string, context: CommandContext): Promise<void> {
    await this.options.executor.execute(sessions, sessionId, { kind: 'revoke', sessionId }, once(context));
  }

  /**
   * Does something that takes the password of an account once more. A wrong one is `MUSTER_E_FORBIDDEN` and counts as a failed login;
   * `MUSTER_E_RATE_LIMITED` after too many.
   */
  async proven<Result>(userId: string, password: string, work: () => Promise<Result>, address = NOWHERE): Promise<Result> {
    const { executor, failures, passwords, sealer } = this.options;
    const user = await executor.load(users, userId);
    if (user.kind !== 'present') throw new MusterError('MUSTER_E_USER_NOT_FOUND');
    const reservation = user.usernameReservation;
    return await this.#turns.take(`${reservation} ${address}`, async () => {
      await this.#patience(reservation, address);
      const now = await executor.load(users, userId);
      const hash = now.kind === 'present' && now.active ? await sealer.open(now.password, PURPOSE.password) : undefined;
      if (!(await passwords.matches(hash, password))) {
        failures.failed(reservation, address);
        throw new MusterError('MUSTER_E_FORBIDDEN', { problem: 'current_password is wrong' });
      }
      failures.succeeded(reservation, address);
      return await work();
    });
  }

  /** Waits where the account is slowed. Throws `MUSTER_E_RATE_LIMITED` where it is shut for the address, or too many wait for it. */
  async #patience(reservation: string, address: string): Promise<void> {
    const { failures, clock } = this.options;
    const delay = failures.delayOf(reservation, address);
    if (delay === 0) return;
    const waiting = this.#slowed.get(reservation) ?? 0;
    if (waiting >= MAX_SLOWED) throw new MusterError('MUSTER_E_RATE_LIMITED', { what: 'logins of this account at once', retryAfter: 1 });
    this.#slowed.set(reservation, waiting + 1);
    await clock.sleep(delay);
    const left = (this.#slowed.get(reservation) ?? 1) - 1;
    if (left === 0) this.#slowed.delete(reservation);
    else this.#slowed.set(reservation, left);
  }

  /** One login of an account and an address at a time. */
  async #open(username: string, password: string, expiry: Expiry, context: CommandContext, address: string, wish: LoginWish = {}): Promise<OpenedSession> {
    const reservation = this.options.registrations.reservationOf(username);
    return await this.#turns.take(`${reservation} ${address}`, async () => {
      const user = await this.#proved(reservation, password, address, wish.refreshId !== undefined);
      const { userId, credentials } = user;
      const sessionId = this.options.ids.uuid();
      const expiresAt = expiry(this.options.clock.now());
      const own = { ...context, actor: `user:${userId}`, repeatable: false };
      await this.options.executor.execute(sessions, sessionId, { kind: 'open', sessionId, userId, credentials, expiresAt, ...wish }, own, { fresh: true });
      return { sessionId, user, expiresAt };
    });
  }

  /** The account whose password it is. `told`: who knows it is told that the account is not active. */
  async #proved(reservation: string, password: string, address: string, told: boolean): Promise<PresentUser> {
    const { failures, passwords, sealer } = this.options;
    await this.#patience(reservation, address);
    const user = await this.#userOf(reservation);
    const looked = user !== undefined && !user.erased && (told || user.active);
    const hash = looked ? await sealer.open(user.password, PURPOSE.password) : undefined;
    if (!(await passwords.matches(hash, password)) || user === undefined) {
      failures.failed(reservation, address);
      throw new MusterError('MUSTER_E_CREDENTIALS_WRONG');
    }
    if (!user.active) throw new MusterError('MUSTER_E_ACCOUNT_INACTIVE');
    failures.succeeded(reservation, address);
    return user;
  }

  async #userOf(reservation: string): Promise<PresentUser | undefined> {
    const { executor } = this.options;
    const held = await executor.load(reservations.username, reservation);
    if (held.kind === 'free') return undefined;
    const user = await executor.load(users, held.ownerId);
    return user.kind === 'present' ? user : undefined;
  }
}
