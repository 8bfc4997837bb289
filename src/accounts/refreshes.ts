import { MusterError } from '#domain/kernel/errors/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import type { Ids } from '#domain/kernel/ports/ids.js';
import { sessions } from '#domain/accounts/session/index.js';
import { users } from '#domain/accounts/user/index.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import type { Logins } from './logins.js';
import { accountActor } from './principal.js';
import type { RefreshTokens } from './refresh-tokens.js';
import { TOKEN_SECONDS, type Tokens } from './tokens.js';

export interface RefreshOptions {
  readonly executor: CommandExecutor;
  readonly logins: Logins;
  readonly tokens: Tokens;
  readonly refreshTokens: RefreshTokens;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface Refreshable {
  readonly userId: string;
  readonly token: string;
  readonly refreshToken: string;
  readonly expiresAt: number;
}

/**
 * Sessions with rotating refresh tokens. The session's stream holds the id of its only valid refresh token. Only one of several concurrent uses
 * succeeds. Reusing a refresh token ends the session and invalidates all its tokens.
 */
export class Refreshes {
  constructor(private readonly options: RefreshOptions) {}

  async logIn(
    username: string,
    password: string,
    context: CommandContext,
    address?: string,
  ): Promise<Refreshable> {
    const refreshId = this.options.ids.uuid();
    const { sessionId, user, expiresAt } = await this.options.logins.openToRefresh(
      username,
      password,
      refreshId,
      context,
      address,
    );
    return await this.#given({ userId: user.userId, sessionId, refreshId }, expiresAt);
  }

  async refresh(token: string, context: CommandContext): Promise<Refreshable> {
    const { executor, refreshTokens, clock, ids } = this.options;
    const shown = await refreshTokens.verify(token);
    const session = shown === undefined ? undefined : await executor.load(sessions, shown.sessionId);
    if (
      shown === undefined ||
      session === undefined ||
      session.kind === 'absent' ||
      session.userId !== shown.userId
    )
      throw invalid();
    const user = await executor.load(users, session.userId);
    if (user.kind === 'absent' || user.erased) throw invalid();
    if (!user.active) throw new MusterError('MUSTER_E_ACCOUNT_INACTIVE');
    if (user.credentials !== session.credentials) throw invalid();
    const { userId, sessionId, refreshId } = shown;
    const next = ids.uuid();
    const own = { ...context, actor: accountActor(userId), repeatable: false };
    const { events } = await executor.execute(
      sessions,
      sessionId,
      { kind: 'refresh', sessionId, refreshId, next, now: clock.now() },
      own,
    );
    for (const event of events) {
      if (event.type === 'SessionRefreshed')
        return await this.#given({ userId, sessionId, refreshId: next }, event.data.expiresAt);
    }
    throw invalid();
  }

  async #given(
    claims: { readonly userId: string; readonly sessionId: string; readonly refreshId: string },
    refreshUntil: number,
  ): Promise<Refreshable> {
    const { tokens, refreshTokens, clock } = this.options;
    const expiresAt = (Math.floor(clock.now() / 1000) + TOKEN_SECONDS) * 1000;
    const token = await tokens.sign(claims, expiresAt);
    return {
      userId: claims.userId,
      token,
      refreshToken: await refreshTokens.sign(claims, refreshUntil),
      expiresAt,
    };
  }
}

function invalid(): MusterError {
  return new MusterError('MUSTER_E_REFRESH_TOKEN_INVALID');
}
