import { createHash } from 'node:crypto';
import { chmodSync, chownSync, createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import path from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { MAX_PACKAGE_BYTES } from '#domain/drivers/conda/index.js';
import type { Clock } from '#domain/kernel/ports/clock.js';
import { CallError, connect, connectThrough, proxyFor, type Reach } from '../../http/index.js';
import { MUSTER_VERSION } from '../../../version.js';
import { BuildError } from '../tools/build-error.js';
import type { Credential } from '../tools/credentials.js';
import { credentialFor, type Source } from './sources.js';

export interface Wanted {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
  readonly size: number;
  readonly kind: 'conda' | 'pip';
}

export interface DownloadsOptions {
  readonly reach: Reach;
  readonly sources: readonly Source[];
  readonly credentials: readonly Credential[];
  readonly folder: string;
  readonly group?: number | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clean: (text: string) => string;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Delay before each retry, in milliseconds. @default {@link RETRY_MS} */
  readonly retryMs?: readonly number[];
}

const CONCURRENCY = 6;
const RETRY_MS: readonly number[] = [1_000, 4_000];
/** Response statuses of a server that may recover soon. */
const TEMPORARY: readonly number[] = [408, 425, 429, 500, 502, 503, 504];
const MAX_REDIRECTS = 10;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
const SILENCE_MS = 120_000;

/**
 * Downloads the packages of a lock before starting any tool that may run package code. Until then, only this process has the credentials. It sends
 * each credential only to its own host and port, and never connects to addresses that are forbidden for HTTP tasks.
 */
export class Downloads {
  #count = 0;

  constructor(private readonly options: DownloadsOptions) {
    this.#makeFolder(options.folder);
  }

  async fetch(wanted: readonly Wanted[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const queue = [...wanted];
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift())
        found.set(next.url, pathToFileURL(await this.#file(next)).href);
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    return found;
  }

  async #file(wanted: Wanted): Promise<string> {
    const fail = (said: string): BuildError =>
      new BuildError(wanted.kind === 'pip' ? 'pip' : 'fetch', this.options.clean(said), [
        { name: wanted.name, why: 'broken' },
      ]);
    const name = fileName(wanted.url);
    if (name === undefined) throw fail(`${wanted.url} does not end in a valid file name`);
    // Each file gets its own directory: the file name is kept, because tools interpret it, and two files may have the same name.
    const folder = path.join(this.options.folder, String((this.#count += 1)));
    this.#makeFolder(folder);
    const file = path.join(folder, name);
    const { retryMs = RETRY_MS } = this.options;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const found = await this.#write(wanted, file);
        if (found !== wanted.sha256)
          throw fail(`hash mismatch of ${wanted.url}: expected sha256 ${wanted.sha256}, found ${found}`);
        this.#share(file, 0o640);
        return file;
      } catch (error) {
        if (error instanceof BuildError) throw error;
        const said = error instanceof Error ? error.message : String(error);
        if (error instanceof CallError || error instanceof RefusedError || attempt === retryMs.length)
          throw fail(`cannot fetch ${wanted.url}: ${said}`);
        await this.options.clock.sleep(retryMs[attempt] ?? 0);
      }
    }
  }

  #makeFolder(folder: string): void {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#share(folder, 0o750);
  }

  #share(at: string, mode: number): void {
    if (this.options.group === undefined) return;
    chownSync(at, -1, this.options.group);
    chmodSync(at, mode);
  }

  async #write({ url, size, kind }: Wanted, file: string): Promise<string> {
    const body = await this.#open(url, kind);
    const hash = createHash('sha256');
    let bytes = 0;
    const isExpected = size > 0 && size <= MAX_PACKAGE_BYTES;
    const most = isExpected ? size : MAX_PACKAGE_BYTES;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        hash.update(chunk);
        if (bytes > most)
          done(
            new RefusedError(`is larger than the ${isExpected ? 'expected' : 'maximum of'} ${most} bytes`),
          );
        else done(null, chunk);
      },
    });
    await pipeline(body, count, createWriteStream(file, { mode: 0o600 }));
    return hash.digest('hex');
  }

  async #open(url: string, kind: Wanted['kind']): Promise<Readable> {
    const { sources, credentials } = this.options;
    if (url.startsWith('file:')) return createReadStream(await this.#own(url));
    let next = url;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const answer = await this.#ask(new URL(next), credentialFor(new URL(next), kind, sources, credentials));
      const status = answer.statusCode ?? 0;
      if (status === 200) return answer;
      answer.destroy();
      const { location } = answer.headers;
      if (TEMPORARY.includes(status)) throw new Error(`the server responded with ${status}`);
      if (!REDIRECTS.includes(status)) throw new RefusedError(`the server responded with ${status}`);
      if (location === undefined || !URL.canParse(location, next))
        throw new RefusedError('was redirected without a valid Location header');
      next = new URL(location, next).href;
      if (!/^https?:/.test(next))
        throw new RefusedError('was redirected to a URL that is neither http nor https');
    }
    throw new RefusedError(`was redirected more than ${MAX_REDIRECTS} times`);
  }

  async #own(url: string): Promise<string> {
    const file = await realpath(fileURLToPath(url));
    for (const { url: source } of this.options.sources) {
      if (source.protocol !== 'file:') continue;
      const folder = await realpath(fileURLToPath(source)).catch(() => undefined);
      if (folder !== undefined && file.startsWith(`${folder}/`)) return file;
    }
    throw new RefusedError('is not in any channel of this node');
  }

  async #ask(url: URL, credential: ReturnType<typeof credentialFor>): Promise<IncomingMessage> {
    const proxy = proxyFor(url, this.options.environment);
    const target = await this.options.reach.look(url.href, proxy !== undefined);
    const { signal } = new AbortController();
    const { socket, absolute } =
      proxy === undefined
        ? { socket: await connect(target, this.options.reach, signal), absolute: false }
        : await connectThrough(proxy, target, signal);
    const asked = `${credential?.prefix ?? ''}${url.pathname}${url.search}`;
    const authorization = credential?.authorization;
    return await new Promise((resolve, reject) => {
      const sent = request({
        createConnection: () => socket,
        method: 'GET',
        path: absolute ? `${url.origin}${asked}` : asked,
        headers: {
          host: url.host,
          accept: '*/*',
          'accept-encoding': 'identity',
          'user-agent': `muster/${MUSTER_VERSION}`,
          connection: 'close',
          ...(authorization !== undefined && { authorization }),
          ...(absolute &&
            proxy?.authorization !== undefined && { 'proxy-authorization': proxy.authorization }),
        },
      });
      sent.setTimeout(SILENCE_MS, () => sent.destroy(new Error(`no response for ${SILENCE_MS / 1000} s`)));
      sent.once('response', resolve).once('error', reject);
      sent.end();
    });
  }
}

/** A failure that would recur on a retry. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** Returns the last part of a URL's path if it is a valid file name. */
function fileName(url: string): string | undefined {
  const name = decodeURIComponent(path.posix.basename(new URL(url).pathname));
  return /^[A-Za-z0-9_][A-Za-z0-9._+!-]{0,254}$/.test(name) ? name : undefined;
}
