import { readFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import { endianness } from 'node:os';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'] as const;

export interface SocketRow {
  readonly uid: number;
  /** 0 if no process holds the socket: it is closed or not accepted yet. The uid is then meaningless. */
  readonly inode: number;
  readonly established: boolean;
}

export function hasSocketTable(): boolean {
  return existsSync(TABLES[0]);
}

export class SocketTable {
  #underWay: Promise<unknown> = Promise.resolve();
  #next: Promise<string> | undefined;

  /** Returns the socket at the other end of a connection within this machine. Undefined if this network namespace does not contain it. */
  async otherEnd(
    socket: Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>,
  ): Promise<SocketRow | undefined> {
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    if (
      localAddress === undefined ||
      localPort === undefined ||
      remoteAddress === undefined ||
      remotePort === undefined
    )
      return undefined;
    return findRow(
      await this.#read(),
      { address: remoteAddress, port: remotePort },
      { address: localAddress, port: localPort },
    );
  }

  async listenersAt(port: number): Promise<number[]> {
    const local = new RegExp(
      `: [0-9A-F]+:${hexPort(port)} [0-9A-F]+:0000 ${LISTEN} (?:\\S+ +){3}(\\d+) `,
      'g',
    );
    return [...(await this.#read()).matchAll(local)].map(([, uid]) => Number(uid));
  }

  #read(): Promise<string> {
    this.#next ??= this.#underWay.then(async () => {
      this.#next = undefined;
      const reading = Promise.all(TABLES.map((path) => readFile(path, 'latin1').catch(() => ''))).then(
        (texts) => texts.join(''),
      );
      this.#underWay = reading;
      return await reading;
    });
    return this.#next;
  }
}

/** Attempts to find a row. The table is read in pieces, and a row may be missed between two of them. */
const ATTEMPTS = 3;

export async function findOtherEnd(
  table: Pick<SocketTable, 'otherEnd'>,
  connection: Socket,
): Promise<SocketRow | undefined> {
  for (let look = 0; look < ATTEMPTS; look += 1) {
    const row = await table.otherEnd(connection);
    if (row !== undefined) return row;
  }
  return undefined;
}

const LISTEN = '0A';
const ESTABLISHED = '01';

interface End {
  readonly address: string;
  readonly port: number;
}

export function findRow(table: string, local: End, remote: End): SocketRow | undefined {
  let found: SocketRow | undefined;
  for (const mapped of [false, true]) {
    const ends = ` ${written(local, mapped)} ${written(remote, mapped)} `;
    for (let at = table.indexOf(ends); at >= 0; at = table.indexOf(ends, at + 1)) {
      const [, , state, , , , uid, , inode] = table.slice(at + 1, table.indexOf('\n', at)).split(/ +/);
      const row = { uid: Number(uid), inode: Number(inode), established: state === ESTABLISHED };
      if (!Number.isInteger(row.uid) || !Number.isInteger(row.inode)) continue;
      if (found === undefined || found.inode === 0) found = row;
    }
  }
  return found;
}

function written({ address, port }: End, mapped: boolean): string {
  const words = wordsOf(address.replace(/%.*$/, ''), mapped);
  const swap = endianness() === 'LE';
  const hex = words
    .map((bytes) =>
      [...(swap ? bytes.toReversed() : bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join(''),
    )
    .join('');
  return `${hex.toUpperCase()}:${hexPort(port)}`;
}

function hexPort(port: number): string {
  return port.toString(16).padStart(4, '0').toUpperCase();
}

function wordsOf(address: string, mapped: boolean): readonly (readonly number[])[] {
  const inner =
    /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? (isIP(address) === 4 ? address : undefined);
  if (inner !== undefined) {
    const bytes = inner.split('.').map(Number);
    return mapped ? [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 255, 255], bytes] : [bytes];
  }
  const [head = '', tail] = address.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
  const [left, right] = [groups(head), groups(tail ?? '')];
  const all = [...left, ...new Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0), ...right];
  return [0, 2, 4, 6].map((index) =>
    [all[index] ?? 0, all[index + 1] ?? 0].flatMap((group) => [group >> 8, group & 255]),
  );
}
