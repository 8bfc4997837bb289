import path from 'node:path';
import { textOf } from './file-text.js';
import { writeFileDurably } from './journal/durable-file.js';

/** How a node's own secret begins; the name of the node, in base64url, follows, and then a second `_`. */
export const NODE_SECRET_PREFIX = 'musnode_';

/** In a sealed message: it was sealed with the join token, not with a node's own secret. No node's name is this in base64url. */
export const JOIN_KEY = 'join';

/** What the agent shows to servers. */
export interface NodeCredential {
  /** The node's own secret where it has one, else the join token. */
  token(): string | undefined;
  /** The newest secret that a server gave the node, where one did, kept or not: servers know it already. */
  secret(): string | undefined;
  /** A registration gave the node a secret of its own. */
  keep(secret: string): Promise<void>;
  /**
   * The server rejected what was shown: the next time the other is shown. Without a join token that is nothing, which is enough on loopback
   * for a server that never gave this secret.
   */
  doubt(): void;
}

/** The join token alone. */
export function joinTokenOnly(joinToken: string | undefined): NodeCredential {
  return { token: () => joinToken, secret: () => undefined, keep: async () => undefined, doubt: () => undefined };
}

/**
 * Keeps the node's secret in the agent's directory, readable by the agent alone. A join token that is given as a function is read when it is needed and
 * not kept: an agent that has a secret does not hold it.
 */
export function openNodeCredential(root: string, joinToken: string | (() => string) | undefined): NodeCredential {
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

/** A file that is gone, or is replaced just now, is asked again at the next call. */
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
