import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MusterError } from '#domain/kernel/errors/index.js';
import { PACKAGE_FOLDER } from '#src/engine/installed.js';
import { access, pathOf, type Scope } from '#src/http/index.js';

/** Allows no content from other origins, no inline scripts or styles, and no strings as scripts. */
const CONTENT_SECURITY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types muster',
].join('; ');

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  map: 'application/json; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  txt: 'text/plain; charset=utf-8',
};

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Muster: the console is not built</title>
<h1>The console is not built</h1>
<p>This installation has no folder <code>bundle/console</code>. In a checkout, build the console and reload this page:</p>
<pre>node tools/console.js</pre>
<p>The API works without it: see <a href="/docs">/docs</a>.</p>
</html>
`;

const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

interface Built {
  readonly at: number;
  readonly index: Buffer;
  readonly assets: ReadonlyMap<string, Buffer>;
}

/** Holds the console's page and assets in memory, so a request's path is never used as a file path. */
export class ConsoleFiles {
  #built: Built | undefined;

  constructor(private readonly folder: string) {}

  /** Returns undefined if the console was not built. Rereads the files after a new build. */
  async built(): Promise<Built | undefined> {
    const at = await stat(join(this.folder, 'index.html')).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (at === undefined) return undefined;
    if (this.#built?.at !== at) this.#built = await this.#read(at);
    return this.#built;
  }

  async #read(at: number): Promise<Built> {
    const folder = join(this.folder, 'assets');
    const names = await readdir(folder).catch(() => []);
    const assets = await Promise.all(
      names.map(async (name) => [name, await readFile(join(folder, name))] as const),
    );
    return { at, index: await readFile(join(this.folder, 'index.html')), assets: new Map(assets) };
  }
}

export function files(scope: Scope, folder = join(PACKAGE_FOLDER, 'bundle/console')): void {
  const from = new ConsoleFiles(folder);
  const options = { config: access.anyone, schema: { hide: true } } as const;

  scope.get('/console/assets/:name', options, async (request, reply) => {
    const { name } = request.params as { readonly name: string };
    const asset = (await from.built())?.assets.get(name);
    if (asset === undefined) throw unknown(request);
    return await sendAsset(request, reply, name, asset, (await from.built())?.assets ?? new Map());
  });
  // The page itself reports paths that its router does not have. Paths of the API are not pages.
  for (const path of ['/console', '/console/*'])
    scope.get(path, options, async (request, reply) => {
      if (/^\/console\/(?:api|assets)(?:\/|$)/u.test(pathOf(request.url))) throw unknown(request);
      const built = await from.built();
      return await reply
        .headers(HEADERS)
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(built?.index ?? NOT_BUILT);
    });
}

async function sendAsset(
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  plain: Buffer,
  assets: ReadonlyMap<string, Buffer>,
): Promise<FastifyReply> {
  const accepted = acceptedEncodings(request.headers['accept-encoding']);
  const encoding = ENCODINGS.find((each) => accepted.has(each.name) && assets.has(name + each.suffix));
  if (encoding !== undefined) reply.header('content-encoding', encoding.name);
  return await reply
    .headers(HEADERS)
    .header('vary', 'accept-encoding')
    .header('cache-control', 'public, max-age=31536000, immutable')
    .type(TYPES[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream')
    .send(encoding === undefined ? plain : assets.get(name + encoding.suffix));
}

/** Returns the encodings that the client accepts: those listed in the header without `q=0`. */
function acceptedEncodings(header: string | undefined): ReadonlySet<string> {
  const named = (header ?? '').split(',').map((part) =>
    part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/u),
  );
  return new Set(named.flatMap(([name = '', q]) => (/^q=0(?:\.0*)?$/u.test(q ?? '') ? [] : [name])));
}

function unknown({ method, url }: FastifyRequest): MusterError {
  return new MusterError('MUSTER_E_ROUTE_NOT_FOUND', { method, path: pathOf(url).slice(0, 200) });
}
