import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { userSubject } from '#domain/kernel/sealing/index.js';
import { type PresentUser, users } from '#domain/accounts/user/index.js';
import type { CommandContext, CommandExecutor } from '#domain/kernel/ports/command-executor.js';
import { madeId } from '#src/engine/commands/index.js';
import type { RootKey, Sealer } from '#src/engine/sealing/index.js';
import { PURPOSE } from './registrations.js';

export const API_KEY_PREFIX = 'mus_';

const UUID_BYTES = 16;
const SECRET_BYTES = 32;

export interface ParsedApiKey {
  readonly userId: string;
  readonly keyId: string;
  readonly secret: Buffer;
}

export interface IssuedApiKey {
  readonly keyId: string;
  readonly apiKey: string;
  readonly position: bigint | undefined;
}

export function formatApiKey({ userId, keyId, secret }: ParsedApiKey): string {
  return API_KEY_PREFIX + Buffer.concat([uuidBytes(userId), uuidBytes(keyId), secret]).toString('base64url');
}

export function parseApiKey(text: string): ParsedApiKey | undefined {
  if (!text.startsWith(API_KEY_PREFIX) || text.length > 200) return undefined;
  const bytes = Buffer.from(text.slice(API_KEY_PREFIX.length), 'base64url');
  if (bytes.byteLength !== 2 * UUID_BYTES + SECRET_BYTES) return undefined;
  return {
    userId: uuidText(bytes.subarray(0, UUID_BYTES)),
    keyId: uuidText(bytes.subarray(UUID_BYTES, 2 * UUID_BYTES)),
    secret: bytes.subarray(2 * UUID_BYTES),
  };
}

/** Issues and verifies API keys. Only a hash of the key is stored, sealed with the account's sealing key. */
export class ApiKeys {
  constructor(
    private readonly options: {
      readonly executor: CommandExecutor;
      readonly sealer: Sealer;
      readonly root: RootKey;
    },
  ) {}

  /** A repeat with the same `Idempotency-Key` returns the same key, but does not restore a revoked one. Throws `MUSTER_E_IDEMPOTENCY_KEY_REUSED`. */
  async issue(
    userId: string,
    wanted: { readonly name: string; readonly scopes: readonly string[]; readonly expiresAt?: number },
    context: CommandContext,
  ): Promise<IssuedApiKey> {
    const { executor, sealer, root } = this.options;
    const keyId = madeId(context.commandId, 'api-key');
    // The secret of a repeatable command is derived from the data key, so a repeat returns the same secret although it is not stored.
    const secret = context.repeatable
      ? root.digest('api-keys', context.commandId)
      : randomBytes(SECRET_BYTES);
    const subject = userSubject(userId);
    const { position } = await executor.execute(
      users,
      userId,
      {
        kind: 'issueApiKey',
        userId,
        keyId,
        name: await sealer.seal(subject, PURPOSE.apiKeyName, wanted.name),
        hash: await sealer.seal(subject, PURPOSE.apiKey, hashOf(secret)),
        scopes: wanted.scopes,
        ...(wanted.expiresAt !== undefined && { expiresAt: wanted.expiresAt }),
      },
      context,
    );
    return { keyId, apiKey: formatApiKey({ userId, keyId, secret }), position };
  }

  async match(
    user: PresentUser,
    given: ParsedApiKey,
    now: number,
  ): Promise<{ readonly scopes: readonly string[] } | undefined> {
    const known = user.apiKeys.get(given.keyId);
    if (known === undefined || (known.expiresAt !== undefined && known.expiresAt <= now)) return undefined;
    const hash = await this.options.sealer.open(known.hash, PURPOSE.apiKey);
    if (
      hash === undefined ||
      !timingSafeEqual(Buffer.from(hash, 'hex'), Buffer.from(hashOf(given.secret), 'hex'))
    )
      return undefined;
    return { scopes: known.scopes };
  }
}

function hashOf(secret: Uint8Array): string {
  return createHash('sha256').update(secret).digest('hex');
}

function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function uuidText(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
