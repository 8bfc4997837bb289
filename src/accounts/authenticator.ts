import { sessions } from '#domain/accounts/session/index.js';
import type { IncomingHttpHeaders } from 'node:http';
import { timingSafeEqual } from 'node:crypto';
import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { type PresentUser, users } from '#domain/accounts/user/index.js';
import type { CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { RootKey } from '#src/engine/sealing/index.js';
import { API_KEY_PREFIX, parseApiKey, type ApiKeys } from './api-keys.js';
import { credentialIn, type Credential, type CredentialKind } from './credentials.js';
import type { OperatorKeys } from './operator-keys.js';
import type { UserPrincipal } from './principal.js';
import type { Tokens } from './tokens.js';

/** Kinds of browser sessions. The cookie of one kind is not valid for the other. */
export type SessionKind = 'cookie' | 'console';

export interface RequestCredentials {
  readonly headers: IncomingHttpHeaders;
}

export interface Authenticator {
  /**
   * Returns the account, or undefined if the request has no credential of the accepted kinds. The session, the account, its role and whether it is
   * active are read from the store. Throws `MUSTER_E_UNAUTHORIZED` for any invalid credential.
   */
  authenticate(
    request: RequestCredentials,
    accepted: readonly CredentialKind[],
  ): Promise<UserPrincipal | undefined>;
  /**
   * Whether a request carries any credential, valid or not. A cookie is considered only if this installation issued it: browsers also send cookies
   * from other programs on this host, which may use the same name.
   */
  showsCredential(request: RequestCredentials): boolean;
  cookieOf(sessionId: string, kind?: SessionKind): string;
  /** The second proof of a console session. It is sent only in the response of the sign-in, which only a page of the console's origin can read. */
  pageSecretOf(sessionId: string): string;
}

type SessionCredential = Extract<Credential, { readonly kind: SessionKind }>;

function isSame(given: string, proof: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(proof)];
  return one.byteLength === other.byteLength && timingSafeEqual(one, other);
}

export interface AuthenticatorOptions {
  readonly executor: CommandExecutor;
  readonly tokens: Tokens;
  readonly apiKeys: ApiKeys;
  readonly operatorKeys: OperatorKeys;
  readonly root: RootKey;
  readonly clock: Clock;
}

export class StoreAuthenticator implements Authenticator {
  constructor(private readonly options: AuthenticatorOptions) {}

  async authenticate(
    request: RequestCredentials,
    accepted: readonly CredentialKind[],
  ): Promise<UserPrincipal | undefined> {
    const shown = credentialIn(request.headers, accepted);
    if (shown === undefined) return undefined;
    const isSession = shown.kind === 'cookie' || shown.kind === 'console';
    const principal = isSession ? await this.#byCookie(shown) : await this.#byText(shown.text);
    if (principal === undefined)
      throw unauthorized(
        isSession ? 'the session has ended' : 'the token or API key is invalid, expired or revoked',
      );
    return principal;
  }

  showsCredential({ headers }: RequestCredentials): boolean {
    if (headers.authorization !== undefined || headers['x-api-key'] !== undefined) return true;
    return (['console', 'cookie'] as const).some((kind) => {
      const cookie = credentialIn(headers, kind === 'console' ? ['bearer'] : ['cookie']);
      return cookie?.kind === kind && this.#sessionIn(cookie) !== undefined;
    });
  }

  cookieOf(sessionId: string, kind: SessionKind = 'cookie'): string {
    const proven = kind === 'console' ? `console ${sessionId}` : sessionId;
    return `${sessionId}.${this.options.root.digest('cookies', proven).toString('base64url')}`;
  }

  async #byText(text: string): Promise<UserPrincipal | undefined> {
    const operator = this.options.operatorKeys.identify(text);
    if (operator !== undefined) return operator;
    return await (text.startsWith(API_KEY_PREFIX) ? this.#byApiKey(text) : this.#byToken(text));
  }

  async #byToken(text: string): Promise<UserPrincipal | undefined> {
    const claims = await this.options.tokens.verify(text);
    return claims === undefined ? undefined : await this.#bySession(claims.sessionId, 'token', claims.userId);
  }

  pageSecretOf(sessionId: string): string {
    return this.options.root.digest('cookies', `page ${sessionId}`).toString('base64url');
  }

  async #byCookie(cookie: SessionCredential): Promise<UserPrincipal | undefined> {
    const sessionId = this.#sessionIn(cookie);
    return sessionId === undefined ? undefined : await this.#bySession(sessionId, cookie.kind);
  }

  /** Returns the session that the cookie proves, together with its page secret if it is one of the console. */
  #sessionIn(cookie: SessionCredential): string | undefined {
    const sessionId = cookie.text.slice(0, Math.max(0, cookie.text.lastIndexOf('.')));
    const isProven =
      isSame(cookie.text, this.cookieOf(sessionId, cookie.kind)) &&
      (cookie.kind === 'cookie' || isSame(cookie.pageSecret, this.pageSecretOf(sessionId)));
    return isProven ? sessionId : undefined;
  }

  async #bySession(
    sessionId: string,
    via: 'token' | SessionKind,
    userId?: string,
  ): Promise<UserPrincipal | undefined> {
    const { executor, clock } = this.options;
    const session = await executor.load(sessions, sessionId);
    if (
      session.kind !== 'open' ||
      session.expiresAt <= clock.now() ||
      (userId !== undefined && session.userId !== userId) ||
      (session.endsAt !== undefined) !== (via === 'console')
    )
      return undefined;
    const user = await this.#active(session.userId);
    if (user === undefined || user.credentials !== session.credentials) return undefined;
    const { expiresAt, endsAt } = session;
    return {
      ...principalOf(user),
      via,
      sessionId,
      sessionExpiresAt: expiresAt,
      ...(endsAt !== undefined && { sessionEndsAt: endsAt }),
    };
  }

  async #byApiKey(text: string): Promise<UserPrincipal | undefined> {
    const given = parseApiKey(text);
    const user = given === undefined ? undefined : await this.#active(given.userId);
    if (given === undefined || user === undefined) return undefined;
    const match = await this.options.apiKeys.match(user, given, this.options.clock.now());
    if (match === undefined) return undefined;
    return { ...principalOf(user), via: 'apiKey', scopes: match.scopes, apiKeyId: given.keyId };
  }

  async #active(userId: string): Promise<PresentUser | undefined> {
    const user = await this.options.executor.load(users, userId);
    return user.kind === 'present' && user.active ? user : undefined;
  }
}

function principalOf({ userId, number, role, tenantId, execute }: PresentUser): Omit<UserPrincipal, 'via'> {
  return { kind: 'user', userId, number, role, tenantId, execute };
}

export function unauthorized(problem: string): MusterError {
  return new MusterError('MUSTER_E_UNAUTHORIZED', { problem });
}
