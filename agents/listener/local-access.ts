import { Socket } from 'node:net';
import { hasSocketTable, SocketTable } from './socket-table.js';

/**
 * Who needs to show nothing where a process listens on loopback: connections of root and of the process's own user, all of them, or none.
 * Loopback is not a person: every user of the machine reaches it.
 */
export const LOCAL_ACCESS = ['same-user', 'open', 'token'] as const;
export type LocalAccess = (typeof LOCAL_ACCESS)[number];

/** What holds in fact: without a table of sockets nobody can tell whose a connection is. */
export function effectiveAccess(wanted: LocalAccess): LocalAccess {
  return wanted === 'same-user' && !hasSocketTable() ? 'open' : wanted;
}

/** Looks for a row that is not shown: the table is read in pieces, and a row may slip between two of them. */
const LOOKS = 3;
const ROOT = 0;

/** Tells whose the connections of a loopback listener are. Each is looked up once. */
export class LocalConnections {
  readonly #access: LocalAccess;
  readonly #known = new WeakMap<object, boolean | Promise<boolean>>();

  constructor(
    wanted: LocalAccess,
    private readonly table: Pick<SocketTable, 'otherEnd'> = new SocketTable(),
    private readonly ownUid: number | undefined = process.geteuid?.(),
  ) {
    this.#access = effectiveAccess(wanted);
  }

  /** Whether who makes this connection is the operator by that alone. What is no connection at all is made by this process itself. */
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

  async #ask(connection: Socket): Promise<boolean> {
    const uid = await this.#ownerOf(connection);
    if (uid === undefined || (uid !== ROOT && uid !== this.ownUid)) return false;
    // A socket that was closed meanwhile is shown as root's. One that is still held now was held when its owner was read.
    return (await this.#ownerOf(connection)) !== undefined;
  }

  async #ownerOf(connection: Socket): Promise<number | undefined> {
    for (let look = 0; look < LOOKS; look += 1) {
      const row = await this.table.otherEnd(connection);
      if (row !== undefined) return row.inode === 0 ? undefined : row.uid;
    }
    return undefined;
  }
}
