import fc from 'fast-check';
import t from 'tap';
import { problemOfImage } from '#domain/drivers/docker/index.js';
import {
  DOCKER_HUB,
  problemOfHost,
  registryHost,
  registryOf,
  repositoryOf,
} from '#domain/accounts/registry/index.js';

void t.test('a registry is a host with an optional port, as in image references', (t) => {
  for (const host of [
    'docker.io',
    'ghcr.io',
    'registry.example:5000',
    'localhost',
    'localhost:5000',
    'registry:1',
    '127.0.0.1:5000',
    'a-b.c-d.example:65535',
  ])
    t.equal(problemOfHost(host), undefined, host);
  const wrong: Record<string, RegExp> = {
    'https://ghcr.io': /without a scheme/,
    'ghcr.io/': /without a path/,
    'ghcr.io/acme': /without a path/,
    'GHCR.io': /lower case/,
    'index.docker.io': /must be docker\.io for Docker Hub/,
    'registry-1.docker.io': /must be docker\.io for Docker Hub/,
    acme: /a dot or a port/,
    'ghcr.io:65536': /at most 65535/,
  };
  for (const [host, problem] of Object.entries(wrong)) t.match(problemOfHost(host), problem, host);
  for (const host of [
    '',
    ' ',
    'a b.c',
    'a..b',
    '.a',
    'a.',
    '-a.b',
    'a-.b',
    'a.b:',
    'a.b:0',
    'a.b:05',
    'a.b:x',
    'a.b:1:2',
    'user@a.b',
    'a.b?c',
    'a.b#c',
    'a.b\n',
    '[::1]:5000',
    'ä.example',
    `${'a'.repeat(64)}.b`,
  ])
    t.notOk(registryHost.safeParse(host).success, JSON.stringify(host));
  t.end();
});

void t.test('the registry of an image is the host in its reference, otherwise Docker Hub', (t) => {
  const hosts: Record<string, string> = {
    nginx: DOCKER_HUB,
    'nginx:1.27': DOCKER_HUB,
    'acme/app:1': DOCKER_HUB,
    'docker.io/library/nginx': DOCKER_HUB,
    'index.docker.io/acme/app': DOCKER_HUB,
    'registry-1.docker.io/acme/app': DOCKER_HUB,
    'ghcr.io/acme/app@sha256:00': 'ghcr.io',
    'GHCR.io/acme/app': 'ghcr.io',
    'localhost/app': 'localhost',
    'registry:5000/app:1': 'registry:5000',
    '127.0.0.1:5000/a/b/c:1@sha256:00': '127.0.0.1:5000',
  };
  for (const [image, host] of Object.entries(hosts)) t.equal(registryOf(image), host, image);
  t.end();
});

void t.test(
  'every accepted host is recognized as the registry of images whose references begin with it',
  (t) => {
    fc.assert(
      fc.property(
        fc.domain(),
        fc.option(fc.integer({ min: 1, max: 65_535 }), { nil: undefined }),
        (name, port) => {
          const host = port === undefined ? name.toLowerCase() : `${name.toLowerCase()}:${port}`;
          fc.pre(problemOfHost(host) === undefined);
          return (
            problemOfImage(`${host}/acme/app:1`) === undefined && registryOf(`${host}/acme/app:1`) === host
          );
        },
      ),
    );
    t.end();
  },
);

void t.test('the repository of an image is the same for every spelling of its reference', (t) => {
  const same = [
    'nginx',
    'nginx:1.27',
    'library/nginx',
    'docker.io/nginx',
    'index.docker.io/library/nginx:1',
    'nginx@sha256:00',
    'nginx:1@sha256:00',
  ];
  for (const image of same) t.equal(repositoryOf(image), 'docker.io/library/nginx', image);
  t.equal(repositoryOf('registry.example:5000/acme/app:1@sha256:00'), 'registry.example:5000/acme/app');
  t.equal(repositoryOf('registry.example:5000/app'), 'registry.example:5000/app');
  t.equal(repositoryOf('acme/nginx'), 'docker.io/acme/nginx');
  t.end();
});
