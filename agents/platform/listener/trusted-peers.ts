import { stat } from 'node:fs/promises';
import type { Socket } from 'node:net';
import path from 'node:path';
import { TLSSocket } from 'node:tls';
import { systemClock } from '../clock/system-clock.js';
import { isLoopback } from '../loopback.js';
import { machineAddresses } from '../machine-addresses.js';
import { NoGetentError, passwd } from '../passwd.js';
import { findOtherEnd, hasSocketTable, SocketTable } from './socket-table.js';

/** Trusts programs of every user. */
export const EVERY_USER = '*';

const ROOT = 0;
/** Time that a program has to accept a connection, in milliseconds. */
const ACCEPT_TIMEOUT_MS = 5_000;
const LONGEST_LOOK_MS = 50;
const WRITABLE_BY_OTHERS = 0o022;
const STICKY = 0o1000;

/** The users that `MUSTER_SERVER_USER` names. */
export interface PeerSettings {
  readonly serverUsers?: readonly string[] | undefined;
}

/** The program at the other end of a connection may not receive credentials. */
export class UntrustedPeerError extends Error {
  override readonly name = 'UntrustedPeerError';
  readonly code = 'EPEERNOTTRUSTED';

  constructor(
    message: string,
    /** Its user, unless it is unknown. */
    readonly user?: string,
  ) {
    super(message);
  }
}

/**
 * Whose programs on this machine may receive credentials: root's, those of this process's user, and those of the users that `MUSTER_SERVER_USER` names.
 * Any user can listen on a port that a server has just released, so an address alone does not identify a server. TLS does, and is not checked here.
 */
export class TrustedPeers {
  readonly #uids = new Map<string, number>();

  constructor(
    /** Names or uids. */
    private readonly named: readonly string[] = [],
    private readonly table: Pick<SocketTable, 'otherEnd' | 'listenersAt'> = new SocketTable(),
    private readonly ownUid: number | undefined = process.geteuid?.(),
  ) {}

  /**
   * Resolves once it is known that the other end may receive credentials. Throws {@link UntrustedPeerError} otherwise. Call it after connecting and before
   * sending anything. Other machines are not checked, and nothing is on systems without a socket table.
   */
  async check(socket: Socket): Promise<void> {
    const { remoteAddress, remotePort } = socket;
    if (socket instanceof TLSSocket || this.named.includes(EVERY_USER) || !hasSocketTable()) return;
    if (remoteAddress === undefined || remotePort === undefined || !isOfThisMachine(remoteAddress)) return;
    const failures: Error[] = [];
    const fail = (error: Error): void => void failures.push(error);
    socket.on('error', fail);
    try {
      const where = `${remoteAddress.includes(':') ? `[${remoteAddress}]` : remoteAddress}:${remotePort}`;
      const uid = (await this.#acceptedBy(socket, where)) ?? (await this.#onlyListenerAt(remotePort, where));
      if (!(await this.trusts(uid))) throw await this.#refusal(`listens at ${where}`, uid);
    } catch (error) {
      throw failures[0] ?? error;
    } finally {
      socket.off('error', fail);
    }
    if (failures[0] !== undefined) throw failures[0];
  }

  /** The same for a Unix socket. Call it before connecting: nobody else can replace the file afterwards, because the folder is checked too. */
  async checkFile(file: string): Promise<void> {
    if (this.named.includes(EVERY_USER)) return;
    const folder = path.dirname(file);
    const [socket, holder] = [await stat(file), await stat(folder)];
    if (!(await this.trusts(socket.uid))) throw await this.#refusal(`listens at ${file}`, socket.uid);
    if (!(await this.trusts(holder.uid))) throw await this.#refusal(`owns the folder ${folder}`, holder.uid);
    if ((holder.mode & WRITABLE_BY_OTHERS) !== 0 && (holder.mode & STICKY) === 0)
      throw new UntrustedPeerError(
        `other users may replace the socket ${file}, so nothing was sent to it: chmod go-w ${folder}`,
      );
  }

  async trusts(uid: number): Promise<boolean> {
    if (uid === ROOT || uid === this.ownUid || this.named.includes(String(uid))) return true;
    for (const name of this.named) if ((await this.#uidOf(name)) === uid) return true;
    return false;
  }

  /**
   * Returns the user whose program accepted the connection. The kernel sets it at that moment, so until then the connection waits: the row of a connection in
   * the queue is root's on some kernels, and its listener's on others. Two looks must see the connection accepted, because it may be accepted while the
   * kernel writes its row. Undefined if the other end is not in this network namespace.
   */
  async #acceptedBy(socket: Socket, where: string): Promise<number | undefined> {
    const over = systemClock.monotonic() + ACCEPT_TIMEOUT_MS;
    let accepted = false;
    for (let wait = 1; ; wait = Math.min(2 * wait, LONGEST_LOOK_MS)) {
      const row = await findOtherEnd(this.table, socket);
      if (socket.destroyed) throw new Error(`the program at ${where} closed the connection`);
      if (row === undefined) return undefined;
      if (row.inode !== 0) {
        if (accepted) return row.uid;
        accepted = true;
        continue;
      }
      if (!row.established) throw new Error(`the program at ${where} closed the connection`);
      if (systemClock.monotonic() > over)
        throw new Error(`the program at ${where} did not accept the connection in time`);
      await systemClock.sleep(wait);
    }
  }

  /**
   * Only root can redirect connections of this machine to another network namespace, such as that of a container. Its own listener on the port shows that
   * it did: Docker has one for each published port.
   */
  async #onlyListenerAt(port: number, where: string): Promise<number> {
    const listeners = [...new Set(await this.table.listenersAt(port))];
    const [first] = listeners;
    if (first === undefined)
      throw new UntrustedPeerError(
        `no program of this network namespace listens at ${where}, so its user is unknown and nothing was sent to it. If it may receive credentials, set MUSTER_SERVER_USER=${EVERY_USER} or use TLS`,
      );
    for (const uid of listeners) if (!(await this.trusts(uid))) return uid;
    return first;
  }

  async #refusal(does: string, uid: number): Promise<UntrustedPeerError> {
    const name = await passwd(String(uid)).then(
      (user) => user?.name,
      () => undefined,
    );
    const user = name === undefined ? `uid ${uid}` : `${name} (uid ${uid})`;
    return new UntrustedPeerError(
      `${user} ${does}, so nothing was sent to it. If this user's programs may receive credentials, as those of root and of the own user, set MUSTER_SERVER_USER=${name ?? uid}`,
      user,
    );
  }

  /** A user who does not exist yet is looked up again. */
  async #uidOf(name: string): Promise<number | undefined> {
    const known = this.#uids.get(name) ?? (/^\d+$/.test(name) ? Number(name) : undefined);
    if (known !== undefined) return known;
    const user = await passwd(name).catch((error: unknown) => {
      if (error instanceof NoGetentError)
        throw new UntrustedPeerError(`MUSTER_SERVER_USER: ${error.message}; use the uid instead of ${name}`);
      throw error;
    });
    if (user !== undefined) this.#uids.set(name, user.uid);
    return user?.uid;
  }
}

function isOfThisMachine(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isLoopback(plain) || machineAddresses().includes(plain);
}
