import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import t, { type Test } from 'tap';
import { Images, type WantedImage } from '#agents/drivers/docker/images.js';
import { PrivateImages } from '#agents/drivers/docker/private-images.js';
import { OwnParts, parseEndpointList, Reach, systemResolve } from '#agents/drivers/http/index.js';
import { dockerdMissing, startDockerd } from '../../../fixtures/dockerd.js';
import { PATIENCE } from '../../../fixtures/eventually.js';
import { registryMissing, startRegistry } from '../../../fixtures/registry.js';
import { required } from '../../../fixtures/requirement.js';

t.setTimeout(240_000 * PATIENCE);

const [ROBOT, EVE] = [
  { username: 'robot', password: 'kept-to-ourselves-4711' },
  { username: 'eve', password: 'of-her-own-registry' },
];
const life = new AbortController().signal;

async function scene(t: Test) {
  const missing = dockerdMissing();
  if (!required(t, missing === undefined, missing ?? '')) return undefined;
  const dockerd = await startDockerd({ bridge: false });
  t.teardown(() => dockerd.stop());
  const imagesWith = (allowed: string): Images =>
    new Images({
      docker: dockerd.docker,
      privateImages: new PrivateImages(undefined),
      reach: new Reach(parseEndpointList(allowed), new OwnParts(() => [], systemResolve), systemResolve),
      log: pino({ level: 'silent' }),
    });
  return { dockerd, imagesWith };
}

const wanted = (image: string, owner: string, credential?: WantedImage['credential']): WantedImage => ({
  image,
  owner,
  credential: credential ?? (async () => undefined),
});

async function listening(t: Test, answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close().closeAllConnections());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

void t.test('does not pull from a registry that leads to an address that tasks may not reach', async (t) => {
  const made = await scene(t);
  if (made === undefined) return;
  const heard: string[] = [];
  const inner = await listening(t, ({ url }, response) => {
    heard.push(url ?? '');
    response.writeHead(404).end();
  });
  const to = `http://${inner}/latest/meta-data`;
  const ways: Readonly<Record<string, RequestListener>> = {
    'redirects all': (_, response) => void response.writeHead(307, { location: to }).end(),
    'redirects manifests': ({ url }, response) =>
      void (url === '/v2/' ? response.writeHead(200) : response.writeHead(302, { location: to })).end(),
    'names the server for tokens': (_, response) =>
      void response.writeHead(401, { 'www-authenticate': `Bearer realm="${to}",service="x"` }).end(),
    'redirects requests for tokens': ({ url, headers }, response) =>
      void (
        url?.startsWith('/token') === true
          ? response.writeHead(302, { location: to })
          : response.writeHead(401, {
              'www-authenticate': `Bearer realm="http://${headers.host}/token",service="x"`,
            })
      ).end(),
  };
  for (const [way, answer] of Object.entries(ways)) {
    const host = await listening(t, answer);
    const images = made.imagesWith(host);
    for (const reference of [`${host}/x:1`, `${host}/deep/x@sha256:${'0'.repeat(64)}`])
      await t.rejects(
        images.ensure(wanted(reference, 'eve'), new AbortController().signal),
        /image pull failed: the registry could not be reached, .* or its address is not allowed/,
        way,
      );
    t.same(heard.splice(0), [], way);
  }
});

void t.test('does not pull from addresses that tasks may not reach', async (t) => {
  const made = await scene(t);
  if (made === undefined) return;
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(request.url ?? '');
    response.writeHead(404).end('the secret answer of an inner service');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => void server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const images = made.imagesWith('');
  for (const host of [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    '169.254.169.254',
    '10.1.2.3:6443',
    `0.0.0.0:${port}`,
  ])
    await t.rejects(
      images.ensure(wanted(`${host}/x:1`, 'eve'), life),
      /image pull failed: the registry could not be reached, .* or its address is not allowed/,
      host,
    );
  t.same(heard, []);
  const allowed = made.imagesWith('127.0.0.0/8').ensure(wanted(`127.0.0.1:${port}/x:1`, 'eve'), life);
  const { message } = await allowed.then(
    () => new Error('it was pulled'),
    (error: unknown) => error as Error,
  );
  t.match(message, /^image pull failed: /);
  t.notMatch(message, /secret answer/);
  t.ok(heard.length > 0, 'the pull reaches an address that the operator allows');
});

void t.test(
  'does not give another tenant access to a private image that it pulls from its own registry',
  async (t) => {
    const missing = registryMissing();
    if (!required(t, missing === undefined, missing ?? '')) return;
    const made = await scene(t);
    if (made === undefined) return;
    const { dockerd } = made;
    const [guard, hers] = [await startRegistry(t, [ROBOT]), await startRegistry(t, [EVE])];
    await dockerd.importImage('made:1', ['CMD ["/bin/busybox", "true"]']);
    await guard.push(dockerd.docker, 'made:1', 'acme/app:1');
    await hers.push(dockerd.docker, 'made:1', 'eve/app:1');
    await dockerd.docker.getImage('made:1').remove();
    const images = made.imagesWith('127.0.0.0/8');
    const [private_, copy] = [`${guard.host}/acme/app:1`, `${hers.host}/eve/app:1`];
    await images.ensure(
      wanted(private_, 'ann', async () => ROBOT),
      life,
    );
    await t.rejects(
      images.ensure(
        wanted(copy, 'eve', async () => EVE),
        life,
      ),
      {
        message:
          'image pull failed: this node does not accept the image from this registry; pull it from the registry that published it, with a credential for it',
      },
    );
    await t.rejects(
      images.ensure(wanted(private_, 'ben'), life),
      /the registry refused access/,
      'the private image is not available to another tenant',
    );
    await images.ensure(wanted(private_, 'ann'), life);
    await images.ensure(
      wanted(private_, 'eve', async () => ROBOT),
      life,
    );
    await images.ensure(
      wanted(copy, 'eve', async () => EVE),
      life,
    );
  },
);
