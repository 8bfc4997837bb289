import { LRUCache } from 'lru-cache';
import { reservations } from '#domain/accounts/reservation/index.js';
import {
  CONSOLE_IDLE_MS,
  CONSOLE_LIFETIME_MS,
  COOKIE_LIFETIME_MS,
  REFRESH_LIFETIME_MS,
  sessions,
} from '#domain/accounts/session/index.js';
import { isMusterError, MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import { users, type PresentUser, type Role } from '#domain/accounts/user/index.js';
import { type CommandContext, type CommandExecutor, once } from '#domain/kernel/ports/command-executor.js';
import { maxEntries } from '#src/engine/cache-options.js';
import { KeyedMutex } from '#src/engine/commands/index.js';
import type { Sealer } from '#src/engine/sealing/index.js';
import type { Attempts } from './attempts.js';
import type { Failures } from './failures.js';
import { openedOrMarked } from './opened-or-marked.js';
import type { Passwords } from './passwords.js';
import { accountActor } from './principal.js';
import { PURPOSE, type Registrations } from './registrations.js';
import { TOKEN_SECONDS, type Tokens } from './tokens.js';

export interface LoginOptions {
  readonly executor: CommandExecutor;
  readonly sealer: Sealer;
  readonly passwords: Passwords;
  readonly registrations: Registrations;
  readonly tokens: Tokens;
  readonly failures: Failures;
  readonly attempts: Attempts;
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
const CONSOLE: Expiry = (now) => now + CONSOLE_IDLE_MS;

interface SessionOptions {
  readonly refreshId?: string;
  readonly lifetimeMs?: number;
}

export interface LoggedIn {
  readonly token: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly expiresAt: number;
}

/** Maximum number of logins that are waiting for another login to the same account from the same address, or because the account is slowed down. */
const MAX_WAITING = 4096;
/** Maximum number of slowed-down logins per account, so that one account does not block the others. */
const MAX_SLOWED = 64;
const UNKNOWN_ADDRESS = '';
const CACHE = maxEntries(100_000);

export class Logins {
  /** Serialises logins per account and address so that each failure is counted before the next attempt. */
  readonly #mutex = new KeyedMutex(MAX_WAITING);
  readonly #slowed = new Map<string, number>();
  /** Accounts of names with failed logins, so that a blocked login can be counted for its account without looking it up. */
  readonly #failed = new LRUCache<string, string>(CACHE);

  constructor(private readonly options: LoginOptions) {}

  /**
   * Opens a session for a program. Throws `MUSTER_E_CREDENTIALS_WRONG` regardless of the reason (no such account, wrong password, inactive) after the
   * same amount of work, `MUSTER_E_RATE_LIMITED` after too many failures from this address, or `MUSTER_E_OVERLOADED`.
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

  /** Opens a session for a browser, which is extended while it is in use. Throws the same errors as {@link logIn}. */
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

  /** Opens a console session. Throws the same errors as {@link logIn}. */
  async openForConsole(
    username: string,
    password: string,
    context: CommandContext,
    address = UNKNOWN_ADDRESS,
  ): Promise<OpenedSession> {
    const options = { lifetimeMs: CONSOLE_LIFETIME_MS };
    return await this.#open(username, password, CONSOLE, context, address, options);
  }

  /**
   * Opens a session with refresh tokens. `refreshId` is the id of the first token. Throws `MUSTER_E_ACCOUNT_INACTIVE` if the password is correct but
   * the account is inactive, and the same errors as {@link logIn} otherwise.
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

  /** Extends a browser session. Does nothing if the session has ended or was extended recently. */
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
   * Runs `work` if the account's password is correct. A wrong password throws `MUSTER_E_FORBIDDEN` and counts as a failed login. Too many failures throw
   * `MUSTER_E_RATE_LIMITED`.
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
        this.#noteFailure(reservation, address, userId);
        throw new MusterError('MUSTER_E_FORBIDDEN', { problem: 'current_password is wrong' });
      }
      failures.succeeded(reservation, address);
      return await work();
    });
  }

  #noteFailure(reservation: string, address: string, userId: string | undefined): void {
    if (userId !== undefined) this.#failed.set(reservation, userId);
    this.options.failures.failed(reservation, address);
    this.#count(reservation, address);
  }

  #count(reservation: string, address: string): void {
    this.options.attempts.note({ type: 'LoginFailed', account: this.#failed.get(reservation), address });
  }

  /** Waits if the account is slowed down. Counts and throws `MUSTER_E_RATE_LIMITED` if it is blocked for the address, or if too many logins are waiting. */
  async #delayIfSlowed(reservation: string, address: string): Promise<void> {
    try {
      await this.#delay(reservation, address);
    } catch (error) {
      if (isMusterError(error, 'MUSTER_E_RATE_LIMITED')) this.#count(reservation, address);
      throw error;
    }
  }

  async #delay(reservation: string, address: string): Promise<void> {
    const { failures, clock } = this.options;
    const delay = failures.delayOf(reservation, address);
    if (delay === 0) return;
    const waiting = this.#slowed.get(reservation) ?? 0;
    if (waiting >= MAX_SLOWED)
      throw new MusterError('MUSTER_E_RATE_LIMITED', {
        what: 'concurrent logins to this account',
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
    { refreshId, lifetimeMs }: SessionOptions = {},
  ): Promise<OpenedSession> {
    const reservation = this.options.registrations.reservationOf(username);
    return await this.#mutex.take(`${reservation} ${address}`, async () => {
      const user = await this.#proved(reservation, password, address, refreshId !== undefined);
      const { userId, credentials } = user;
      const sessionId = this.options.ids.uuid();
      const now = this.options.clock.now();
      const expiresAt = expiry(now);
      const options = {
        ...(refreshId !== undefined && { refreshId }),
        ...(lifetimeMs !== undefined && { endsAt: now + lifetimeMs }),
      };
      const own = { ...context, actor: accountActor(userId), repeatable: false };
      await this.options.executor.execute(
        sessions,
        sessionId,
        { kind: 'open', sessionId, userId, credentials, expiresAt, ...options },
        own,
        // An administrator must be able to log in on a full disk, to end work and make space.
        { fresh: true, urgent: user.role === 'admin' },
      );
      return { sessionId, user, expiresAt };
    });
  }

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
      this.#noteFailure(reservation, address, user?.userId);
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
