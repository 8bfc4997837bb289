import { isIP, connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import { addAbortSignal } from 'node:stream';
import type { Target } from './reach.js';
import { trusted } from './trusted.js';

export interface Proxy {
  readonly url: URL;
  readonly authorization?: string;
}

const CONNECT_MS = 30_000;

/** The standard variables that name proxies. */
export type ProxyVariables = Readonly<Record<string, string | undefined>>;

/** Returns the proxy for a URL. Throws if a variable is not a URL. */
export function proxyFor(url: URL, environment: ProxyVariables): Proxy | undefined {
  const named = (...names: readonly string[]): string | undefined =>
    names.map((name) => environment[name]).find((value) => value !== undefined && value !== '');
  const text =
    url.protocol === 'https:'
      ? named('HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy')
      : named('HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy');
  if (text === undefined || isExcluded(url.hostname, named('NO_PROXY', 'no_proxy') ?? '')) return undefined;
  const proxy = new URL(text.includes('://') ? text : `http://${text}`);
  if (proxy.username === '') return { url: proxy };
  const credential = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { url: proxy, authorization: `Basic ${Buffer.from(credential).toString('base64')}` };
}

function isExcluded(host: string, list: string): boolean {
  return list
    .split(',')
    .map((each) => each.trim().replace(/^\*?\./, ''))
    .some((each) => each !== '' && (each === '*' || host === each || host.endsWith(`.${each}`)));
}

export async function connectThrough(
  proxy: Proxy,
  target: Target,
  signal: AbortSignal,
): Promise<{ readonly socket: Socket; readonly absolute: boolean }> {
  if (proxy.url.protocol.startsWith('socks5'))
    return { socket: await encrypted(await socks(proxy.url, target, signal), target), absolute: false };
  if (target.url.protocol === 'http:') return { socket: await open(proxy.url, signal), absolute: true };
  return { socket: await encrypted(await tunnel(proxy, target, signal), target), absolute: false };
}

async function open({ hostname, port, protocol }: URL, signal: AbortSignal): Promise<Socket> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const at = { host, port: Number(port || (protocol === 'https:' ? 443 : protocol === 'http:' ? 80 : 1080)) };
  const socket =
    protocol === 'https:'
      ? connectTls({ ...at, ...trusted(), ...(isIP(host) === 0 && { servername: host }) })
      : connectTcp(at);
  addAbortSignal(signal, socket);
  return await ready(socket, protocol === 'https:' ? 'secureConnect' : 'connect', 'the proxy');
}

async function tunnel(proxy: Proxy, { host, port }: Target, signal: AbortSignal): Promise<Socket> {
  const asked = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const ask = proxy.url.protocol === 'https:' ? requestTls : request;
  return await new Promise((resolve, reject) => {
    const sent = ask({
      host: proxy.url.hostname.replace(/^\[|\]$/g, ''),
      port: proxy.url.port,
      method: 'CONNECT',
      path: asked,
      timeout: CONNECT_MS,
      agent: false,
      ...(proxy.url.protocol === 'https:' && trusted()),
      signal,
      headers: {
        host: asked,
        ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }),
      },
    });
    sent.once('connect', (answer, socket: Socket) => {
      if (answer.statusCode === 200) resolve(addAbortSignal(signal, socket));
      else {
        socket.destroy();
        reject(new Error(`the proxy responded with ${answer.statusCode ?? 0}`));
      }
    });
    sent.once('timeout', () => sent.destroy(new Error('the proxy did not respond'))).once('error', reject);
    sent.end();
  });
}

/** Connects through SOCKS5 (RFC 1928 and 1929). The proxy resolves the name. */
async function socks(proxy: URL, { host, port }: Target, signal: AbortSignal): Promise<Socket> {
  const socket = await open(proxy, signal);
  const named = proxy.username !== '';
  const reply = async (bytes: Buffer, length: number): Promise<Buffer> => {
    socket.write(bytes);
    return await read(socket, length);
  };
  try {
    const [, method] = await reply(Buffer.from([5, 1, named ? 2 : 0]), 2);
    if (method !== (named ? 2 : 0)) throw new Error('the proxy does not accept this authentication method');
    if (named) {
      const [user, password] = [proxy.username, proxy.password].map((text) =>
        Buffer.from(decodeURIComponent(text)),
      );
      const [, status] = await reply(
        Buffer.concat([Buffer.from([1, user!.length]), user!, Buffer.from([password!.length]), password!]),
        2,
      );
      if (status !== 0) throw new Error('the proxy rejected the credentials');
    }
    const name = Buffer.from(host);
    const [, status, , kind] = await reply(
      Buffer.concat([Buffer.from([5, 1, 0, 3, name.length]), name, Buffer.from([port >> 8, port & 255])]),
      4,
    );
    if (status !== 0) throw new Error(`the proxy could not connect (${status ?? 0})`);
    const length = kind === 1 ? 4 : kind === 4 ? 16 : ((await read(socket, 1))[0] ?? 0);
    await read(socket, length + 2);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function read(socket: Socket, length: number): Promise<Buffer> {
  for (;;) {
    const found = socket.read(length) as Buffer | null;
    if (found !== null) return found;
    await new Promise<void>((resolve, reject) => {
      const settle = (then: () => void) => () => {
        socket.off('readable', more).off('end', ended).off('error', ended);
        then();
      };
      const more = settle(resolve);
      const ended = settle(() => reject(new Error('the proxy closed the connection')));
      socket.once('readable', more).once('end', ended).once('error', ended);
    });
  }
}

async function encrypted(socket: Socket, { url, host }: Target): Promise<Socket> {
  if (url.protocol !== 'https:') return socket;
  return await ready(
    connectTls({
      socket,
      host,
      ALPNProtocols: ['http/1.1'],
      ...trusted(),
      ...(isIP(host) === 0 && { servername: host }),
    }),
    'secureConnect',
    host,
  );
}

async function ready(socket: Socket, event: 'connect' | 'secureConnect', who: string): Promise<Socket> {
  return await new Promise((resolve, reject) => {
    socket.setTimeout(CONNECT_MS, () =>
      socket.destroy(new Error(`${who} did not respond for ${CONNECT_MS / 1000} s`)),
    );
    socket.once('error', reject).once(event, () => {
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}
