import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { Images } from '#agents/drivers/docker/images.js';
import { PrivateImages } from '#agents/drivers/docker/private-images.js';
import { OwnParts, parseEndpointList, Reach, systemResolve } from '#agents/drivers/http/index.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { required } from '../../../fixtures/requirement.js';

t.setTimeout(240_000 * PATIENCE);

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const INDEX = 'application/vnd.docker.distribution.manifest.list.v2+json';
const FOREIGN = process.arch === 'arm64' ? 'amd64' : 'arm64';
const OWN = process.arch === 'arm64' ? 'arm64' : 'amd64';

const UNAUTHORIZED = '{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}';

const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** A registry whose tag is what `tag` was last given. Whatever it does not have, it refuses. */
async function registry(t: Test) {
  const blobs = new Map<string, Buffer>();
  const manifests = new Map<string, { readonly type: string; readonly bytes: Buffer }>();
  const server = createServer(({ url = '', method }, response) => {
    if (url === '/v2/') return void response.end('{}');
    const name = url.split('/').at(-1) ?? '';
    const manifest = url.includes('/manifests/') ? manifests.get(name) : undefined;
    const bytes = manifest?.bytes ?? blobs.get(name);
    if (bytes === undefined) return void response.writeHead(401).end(UNAUTHORIZED);
    response.writeHead(200, {
      'content-type': manifest?.type ?? 'application/octet-stream',
      'docker-content-digest': digestOf(bytes),
      'content-length': bytes.length,
    });
    response.end(method === 'HEAD' ? undefined : bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close().closeAllConnections());
  const put = (bytes: Buffer): string => {
    blobs.set(digestOf(bytes), bytes);
    return digestOf(bytes);
  };
  const manifest = (type: string, content: object, tag?: string) => {
    const bytes = Buffer.from(JSON.stringify(content));
    for (const name of [digestOf(bytes), tag ?? '']) manifests.set(name, { type, bytes });
    return { mediaType: type, size: bytes.length, digest: digestOf(bytes) };
  };
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    blobs,
    /** Tags an image with one layer, and returns the digest of the layer. */
    image(tag: string | undefined, marker: string, architecture = OWN) {
      // An archive of one empty file and two empty blocks.
      const header = Buffer.alloc(512);
      header.write(marker, 0);
      header.write('0000644\x000000000\x000000000\x0000000000000\x0000000000000\x00        0', 100);
      header.write('ustar\x0000', 257);
      header.write(
        `${header
          .reduce((sum, byte) => sum + byte, 0)
          .toString(8)
          .padStart(6, '0')}\0 `,
        148,
      );
      const archive = Buffer.concat([header, Buffer.alloc(1024)]);
      const layer = gzipSync(archive);
      const config = Buffer.from(
        JSON.stringify({
          architecture,
          os: 'linux',
          config: {},
          rootfs: { type: 'layers', diff_ids: [digestOf(archive)] },
        }),
      );
      const descriptor = manifest(
        MANIFEST,
        {
          schemaVersion: 2,
          mediaType: MANIFEST,
          config: {
            mediaType: 'application/vnd.docker.container.image.v1+json',
            size: config.length,
            digest: put(config),
          },
          layers: [
            {
              mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
              size: layer.length,
              digest: put(layer),
            },
          ],
        },
        tag,
      );
      return { descriptor, layer: digestOf(layer) };
    },
    index(tag: string, descriptor: object, architecture: string) {
      manifest(
        INDEX,
        {
          schemaVersion: 2,
          mediaType: INDEX,
          manifests: [{ ...descriptor, platform: { architecture, os: 'linux' } }],
        },
        tag,
      );
    },
  };
}

void t.test('a pull fails with what the daemon reports after it has begun to answer', async (t) => {
  const missing = dockerdMissing();
  if (!required(t, missing === undefined, missing ?? '')) return;
  const dockerd = await startDockerd({ bridge: false, pullsOnce: true });
  t.teardown(() => dockerd.stop());
  const made = await registry(t);
  const logged: string[] = [];
  const images = new Images({
    docker: dockerd.docker,
    privateImages: new PrivateImages(undefined),
    reach: new Reach(parseEndpointList('127.0.0.0/8'), new OwnParts(() => [], systemResolve), systemResolve),
    log: pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) }),
  });
  const pulled = async (tag: string, isNewest = false): Promise<void> =>
    await images.ensure(
      {
        image: `${made.host}/app:${tag}`,
        owner: 'eve',
        credential: async () => undefined,
        chosen: isNewest ? { pull_image: true } : {},
      },
      new AbortController().signal,
    );
  const failsWith = async (t: Test, tag: string, reason: RegExp): Promise<void> => {
    logged.length = 0;
    await t.rejects(pulled(tag, true), { name: 'TaskStartError', message: reason });
    t.match(logged.join(''), /agent\.docker\.pull-failed/);
  };

  await t.test('an image for another platform', async (t) => {
    made.index('foreign', made.image(undefined, 'foreign', FOREIGN).descriptor, FOREIGN);
    await failsWith(t, 'foreign', /^image pull failed: the image is not available for the platform of this/);
  });

  await t.test('a layer that the registry refuses, because the token has expired', async (t) => {
    made.blobs.delete(made.image('expired', 'expired').layer);
    await failsWith(t, 'expired', /the registry refused access/);
  });

  await t.test('a newer image that the node cannot have, although it has the older one', async (t) => {
    made.image('moved', 'old');
    await pulled('moved');
    made.index('moved', made.image(undefined, 'new', FOREIGN).descriptor, FOREIGN);
    await pulled('moved');
    await failsWith(t, 'moved', /not available for the platform/);
    made.image('moved', 'newest');
    await t.resolves(pulled('moved', true));
  });
});
