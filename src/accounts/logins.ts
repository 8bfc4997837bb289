import { reservations } from '#domain/accounts/reservation/index.js';
import { COOKIE_LIFETIME_MS, REFRESH_LIFETIME_MS, sessions } from '#domain/accounts/session/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import { users, type PresentUser, type Role } from '#domain/accounts/user/index.js';
import { type CommandContext, type CommandExecutor, once, KeyedMutex } from '#src/engine/commands/index.js';
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

export interface BrowserSession {
  readonly sessionId: string;
  readonly username: string;
  readonly role: Role;
}

export interface OpenedSession {
  readonly sessionId: string;
  readonly user: PresentUser;
  readonly expiresAt: number;
}

type Expiry = (now: number) => number;
const TOKEN: Expiry = (now) => (Math.floor(now / 1000) + TOKEN_SECONDS) * 1000;
const REFRESHABLE: Expiry = (now) => now + REFRESH_LIFETIME_MS;
const COOKIE: Expiry = (now) => now + COOKIE_LIFETIME_MS;

interface SessionOptions {
  readonly refreshId?: string;
}

export interface LoggedIn {
  readonly token: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly expiresAt: number;
}

/** Maximum logins that wait for others of the same account and address, or because the account is slowed. */
const MAX_WAITING = 4096;
/** Maximum for one account, so that it does not block other accounts. */
const MAX_SLOWED = 64;
const UNKNOWN_ADDRESS = '';

export class Logins {
  /** Serialises logins of an account and address, so that each failure counts before the next attempt. */
  readonly #mutex = new KeyedMutex(MAX_WAITING);
  readonly #slowed = new Map<string, number>();

  constructor(private readonly options: LoginOptions) {}

  /**
   * Opens a session for a program. Errors: `MUSTER_E_CREDENTIALS_WRONG` for any reason (no such account, wrong password, inactive) after the same
   * amount of work; `MUSTER_E_RATE_LIMITED` after too many failures from this address; `MUSTER_E_OVERLOADED`.
   */
  async logIn(
    username: string,
    password: string,
    context: CommandContext,
    address = UNKNOWN_ADDRESS,
  ): Promise<LoggedIn> {
    const { sessionId, user, expiresAt } = await this.#open(username, password, TOKEN, context, address);
    const { userId } = user;
    return {
      token: await this.options.tokens.sign({ userId, sessionId }, expiresAt),
      userId,
      sessionId,
      expiresAt,
    };
  }

  /** Opens a session for a browser, which is extended while it is used. Errors: those of {@link logIn}. */
  async openForBrowser(
    username: string,
    password: string,
    context: CommandContext,
    address = UNKNOWN_ADDRESS,
  ): Promise<BrowserSession> {
    const { sessionId, user } = await this.#open(username, password, COOKIE, context, address);
    return {
      sessionId,
      username: await openedOrMarked(this.options.sealer, user.username, PURPOSE.username),
      role: user.role,
    };
  }

  /**
   * Opens a session with refresh tokens, the first with the id `refreshId`. With the correct password an inactive account gets
   * `MUSTER_E_ACCOUNT_INACTIVE`. Other errors: those of {@link logIn}.
   */
  async openToRefresh(
    username: string,
    password: string,
    refreshId: string,
    context: CommandContext,
    address = UNKNOWN_ADDRESS,
  ): Promise<OpenedSession> {
    return await this.#open(username, password, REFRESHABLE, context, address, { refreshId });
  }

  /** Extends a browser session. An ended session stays ended, and a recently extended one is left as it is. */
  async renew(sessionId: string, context: CommandContext): Promise<void> {
    await this.options.executor.execute(
      sessions,
      sessionId,
      { kind: 'renew', sessionId, now: this.options.clock.now() },
      once(context),
    );
  }

  async logOut(sessionId: string, context: CommandContext): Promise<void> {
    await this.options.executor.execute(sessions, sessionId, { kind: 'revoke', sessionId }, once(context));
  }

  /**
   * Does work that requires the account's password again. A wrong one is `MUSTER_E_FORBIDDEN` and counts as a failed login; `MUSTER_E_RATE_LIMITED`
   * after too many.
   */
  async withPassword<Result>(
    userId: string,
    password: string,
    work: () => Promise<Result>,
    address = UNKNOWN_ADDRESS,
  ): Promise<Result> {
    const { executor, failures, passwords, sealer } = this.options;
    const user = await executor.load(users, userId);
    if (user.kind !== 'present') throw new MusterError('MUSTER_E_USER_NOT_FOUND');
    const reservation = user.usernameReservation;
    return await this.#mutex.take(`${reservation} ${address}`, async () => {
      await this.#delayIfSlowed(reservation, address);
      const now = await executor.load(users, userId);
      const hash =
        now.kind === 'present' && now.active ? await sealer.open(now.password, PURPOSE.password) : undefined;
      if (!(await passwords.matches(hash, password))) {
        failures.failed(reservation, address);
        throw new MusterError('MUSTER_E_FORBIDDEN', { problem: 'current_password is wrong' });
      }
      failures.succeeded(reservation, address);
      return await work();
    });
  }

  /** Waits if the account is slowed. Throws `MUSTER_E_RATE_LIMITED` if it is blocked for the address, or too many wait. */
  async #delayIfSlowed(reservation: string, address: string): Promise<void> {
    const { failures, clock } = this.options;
    const delay = failures.delayOf(reservation, address);
    if (delay === 0) return;
    const waiting = this.#slowed.get(reservation) ?? 0;
    if (waiting >= MAX_SLOWED)
      throw new MusterError('MUSTER_E_RATE_LIMITED', {
        what: 'logins of this account at once',
        retryAfter: 1,
      });
    this.#slowed.set(reservation, waiting + 1);
    await clock.sleep(delay);
    const left = (this.#slowed.get(reservation) ?? 1) - 1;
    if (left === 0) this.#slowed.delete(reservation);
    else this.#slowed.set(reservation, left);
  }

  async #open(
    username: string,
    password: string,
    expiry: Expiry,
    context: CommandContext,
    address: string,
    options: SessionOptions = {},
  ): Promise<OpenedSession> {
    const reservation = this.options.registrations.reservationOf(username);
    return await this.#mutex.take(`${reservation} ${address}`, async () => {
      const user = await this.#proved(reservation, password, address, options.refreshId !== undefined);
      const { userId, credentials } = user;
      const sessionId = this.options.ids.uuid();
      const expiresAt = expiry(this.options.clock.now());
      const own = { ...context, actor: `user:${userId}`, repeatable: false };
      await this.options.executor.execute(
        sessions,
        sessionId,
        { kind: 'open', sessionId, userId, credentials, expiresAt, ...options },
        own,
        { fresh: true },
      );
      return { sessionId, user, expiresAt };
    });
  }

  /** Returns the account if the password is correct. `discloseInactive`: an inactive account is reported as such. */
  async #proved(
    reservation: string,
    password: string,
    address: string,
    discloseInactive: boolean,
  ): Promise<PresentUser> {
    const { failures, passwords, sealer } = this.options;
    await this.#delayIfSlowed(reservation, address);
    const user = await this.#userOf(reservation);
    const mayMatch = user !== undefined && !user.erased && (discloseInactive || user.active);
    const hash = mayMatch ? await sealer.open(user.password, PURPOSE.password) : undefined;
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
