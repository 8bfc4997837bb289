import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { letsInAnybody } from '../platform/transport/nats/open-server.js';
import type { StorePlace } from './store-place.js';

/** Inactivity timeout of a connection to the store, in milliseconds. */
const TIMEOUT_MS = 3_000;

/** Returns whether a store accepts clients without credentials. Certificates are not checked. */
export async function letsInClients({ kind, host, port }: StorePlace): Promise<boolean> {
  if (!(await isReachable(host, port))) return false;
  switch (kind) {
    case 'NATS':
      return await letsInAnybody(host, port);
    case 'MongoDB':
      return (
        (await mongodbAnswers(connect({ host, port }))) ||
        (await mongodbAnswers(connectTls({ host, port, rejectUnauthorized: false })))
      );
    case 'EventStoreDB':
      return (await eventStoreAnswers('http', host, port)) || (await eventStoreAnswers('https', host, port));
  }
}

function isReachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const done = (reached: boolean): void => {
      socket.destroy();
      resolve(reached);
    };
    socket.setTimeout(TIMEOUT_MS, () => done(false));
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}

/** `{ listDatabases: 1, nameOnly: true, $db: "admin" }`. MongoDB rejects it from unauthenticated clients if access control is enabled. */
const LIST_DATABASES = opMessage(
  Buffer.concat([
    Buffer.from('\x10listDatabases\0\x01\0\0\0', 'latin1'),
    Buffer.from('\x08nameOnly\0\x01', 'latin1'),
    Buffer.from('\x02$db\0\x06\0\0\0admin\0', 'latin1'),
  ]),
);
const OP_MSG = 2013;
/** The field `ok` of a response with the value 1, as a double or as an integer. */
const OK = [
  Buffer.from('\x01ok\0\0\0\0\0\0\0\xf0\x3f', 'latin1'),
  Buffer.from('\x10ok\0\x01\0\0\0', 'latin1'),
];

function opMessage(fields: Buffer): Buffer {
  const header = Buffer.alloc(25);
  header.writeInt32LE(25 + fields.length + 1, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(2013, 12);
  header.writeInt32LE(fields.length + 5, 21);
  return Buffer.concat([header, fields, Buffer.from([0])]);
}

function mongodbAnswers(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    let answer = Buffer.alloc(0);
    const done = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.on('data', (chunk: Buffer) => {
      answer = Buffer.concat([answer, chunk]);
      const length = answer.length < 16 ? undefined : answer.readInt32LE(0);
      if (length === undefined || answer.length < Math.min(length, MAX_ANSWER)) return;
      done(answer.readInt32LE(12) === OP_MSG && OK.some((each) => answer.includes(each)));
    });
    socket.setTimeout(TIMEOUT_MS, () => done(false));
    socket.once('error', () => done(false)).once('close', () => done(false));
    socket.write(LIST_DATABASES);
  });
}

const MAX_ANSWER = 1_048_576;
/** A `ReadReq` for the stream `muster-probe`, which does not exist. It is rejected if access control is enabled. */
export const READ = Buffer.from(
  '000000001e0a1c0a120a0e1a0c6d75737465722d70726f62651a00280142004a021200',
  'hex',
);

function eventStoreAnswers(scheme: 'http' | 'https', host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const name = host.includes(':') ? `[${host}]` : host;
    const session: ClientHttp2Session = connectHttp2(`${scheme}://${name}:${port}`, {
      rejectUnauthorized: false,
    });
    const done = (open: boolean): void => {
      session.destroy();
      resolve(open);
    };
    session.setTimeout(TIMEOUT_MS, () => done(false));
    session.once('error', () => done(false)).once('close', () => done(false));
    const call = session.request({
      ':method': 'POST',
      ':path': '/event_store.client.streams.Streams/Read',
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    // Any response to the read, even "no such stream", shows that reads are allowed.
    const judge = (headers: Record<string, unknown>): void => {
      if (headers['grpc-status'] !== undefined) done(headers['grpc-status'] === '0');
    };
    call
      .on('response', judge)
      .on('trailers', judge)
      .once('data', () => done(true));
    call.once('error', () => done(false)).once('close', () => done(false));
    call.end(READ);
  });
}
