import { Socket } from 'node:net';
import { userInfo } from 'node:os';
import { findOtherEnd, hasSocketTable, SocketTable } from './socket-table.js';

/**
 * Which connections to a loopback listener need no token: those of root and the process's own user, all, or none. Loopback alone is not sufficient
 * proof, because every user of the machine can reach it.
 */
export const LOCAL_ACCESS = ['same-user', 'open', 'token'] as const;
export type LocalAccess = (typeof LOCAL_ACCESS)[number];

/** Returns the mode in effect: `open` instead of `same-user` if there is no socket table to determine the owner of a connection. */
export function effectiveAccess(wanted: LocalAccess): LocalAccess {
  return wanted === 'same-user' && !hasSocketTable() ? 'open' : wanted;
}

const ROOT = 0;

export class LocalConnections {
  readonly #access: LocalAccess;
  readonly #known = new WeakMap<object, boolean | Promise<boolean>>();
  readonly #owners = new WeakMap<object, number>();
  /** Looked up once, because the source of users may be slow. */
  #ownName: string | undefined;

  constructor(
    wanted: LocalAccess,
    private readonly table: Pick<SocketTable, 'otherEnd'> = new SocketTable(),
    private readonly ownUid: number | undefined = process.geteuid?.(),
  ) {
    this.#access = effectiveAccess(wanted);
  }

  /** Returns whether the connection itself identifies the operator. An injected request has no connection and comes from this process. */
  isOperator(connection: object): boolean | Promise<boolean> {
    if (this.#access !== 'same-user') return this.#access === 'open';
    if (!(connection instanceof Socket)) return true;
    const known = this.#known.get(connection);
    if (known !== undefined) return known;
    const asked = this.#ask(connection)
      .catch(() => false)
      .then((answer) => {
        this.#known.set(connection, answer);
        return answer;
      });
    this.#known.set(connection, asked);
    return asked;
  }

  /** Returns the name of the user that made an operator's connection. Undefined if connections do not tell it. */
  userOf(connection: object): string | undefined {
    if (this.#access !== 'same-user') return undefined;
    const uid = connection instanceof Socket ? this.#owners.get(connection) : this.ownUid;
    if (uid === undefined) return undefined;
    return uid === ROOT ? 'root' : (this.#ownName ??= ownName(uid));
  }

  async #ask(connection: Socket): Promise<boolean> {
    const uid = await this.#ownerOf(connection);
    if (uid === undefined || (uid !== ROOT && uid !== this.ownUid)) return false;
    this.#owners.set(connection, uid);
    // A closed socket is reported as root's. If the connection is open now, it was open when the owner was read.
    return (await this.#ownerOf(connection)) !== undefined;
  }

  async #ownerOf(connection: Socket): Promise<number | undefined> {
    const row = await findOtherEnd(this.table, connection);
    return row === undefined || row.inode === 0 ? undefined : row.uid;
  }
}

/** Returns the number if the user has no name, as in some containers. */
function ownName(uid: number): string {
  try {
    return userInfo().username;
  } catch {
    return String(uid);
  }
}
