import path from 'node:path';
import { textOf } from './files/file-text.js';
import { writeFileDurably } from './files/durable-file.js';

/** Prefix of a node's own secret. It is followed by the node's name in base64url and a second `_`. */
export const NODE_SECRET_PREFIX = 'musnode_';

/** Key name of messages that are sealed with the join token instead of a node's own secret. It cannot be the base64url form of a node's name. */
export const JOIN_KEY = 'join';

export interface NodeCredential {
  token(): string | undefined;
  /** The newest secret that a server issued, even if it could not be stored, because servers already use it. */
  secret(): string | undefined;
  keep(secret: string): Promise<void>;
  /**
   * Reports that the server rejected the credential, so the next request uses the other one. Without a join token it uses none, which a server on
   * loopback accepts if it never issued this secret.
   */
  doubt(): void;
}

export function joinTokenOnly(joinToken: string | undefined): NodeCredential {
  return {
    token: () => joinToken,
    secret: () => undefined,
    keep: async () => undefined,
    doubt: () => undefined,
  };
}

/**
 * Stores the node's secret in the agent's directory, readable only by the agent. A join token provided as a function is read on demand and not
 * stored, so an agent that has a secret does not hold the join token.
 */
export function openNodeCredential(
  root: string,
  joinToken: string | (() => string) | undefined,
): NodeCredential {
  const read = typeof joinToken === 'function' ? unlessUnreadable(joinToken) : () => joinToken;
  const file = path.join(root, 'node-secret');
  let secret = secretIn(file);
  let newest = secret;
  let doubted = false;
  return {
    token() {
      if (secret === undefined) return read();
      if (!doubted) return secret;
      return joinToken === undefined ? undefined : (read() ?? secret);
    },
    secret: () => newest,
    async keep(given) {
      doubted = false;
      newest = given;
      if (given === secret) return;
      await writeFileDurably(file, `${given}\n`);
      secret = given;
    },
    doubt() {
      doubted = !doubted;
    },
  };
}

/** Returns undefined if the file is missing or is being replaced. The next call reads it again. */
function unlessUnreadable(read: () => string): () => string | undefined {
  return () => {
    try {
      return read();
    } catch {
      return undefined;
    }
  };
}

function secretIn(file: string): string | undefined {
  const text = textOf(file)?.trim();
  return text === '' ? undefined : text;
}
