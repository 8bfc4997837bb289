import t from 'tap';
import { pullProblem, startProblem } from '#agents/drivers/docker/daemon-problem.js';

void t.test(
  'reports only the kind of a failed pull, with the same text for all connection failures',
  async (t) => {
    const unreachable = [
      'Get "https://10.0.0.7:6443/v2/": dial tcp 10.0.0.7:6443: connect: connection refused',
      'Get "https://10.0.0.7/v2/": context deadline exceeded',
      'Get "https://inner.example/v2/": dial tcp: lookup inner.example on 10.0.0.2:53: no such host',
      'Get "http://127.0.0.1:2379/v2/": read tcp 127.0.0.1:4->127.0.0.1:2379: connection reset by peer',
      'Get "https://10.0.0.7/v2/": tls: failed to verify certificate: x509: certificate is valid for vault.intern',
      'error parsing HTTP 500 response body: invalid character: "<html>secret page of an inner service"',
    ];
    t.equal(new Set(unreachable.map(pullProblem)).size, 1);
    for (const [said, kind] of [
      [
        'pull access denied for acme/app, repository does not exist or may require docker login',
        /refused access/,
      ],
      ['manifest for nginx:nope not found: manifest unknown', /no such image/],
      ['toomanyrequests: You have reached your pull rate limit', /rate limit of the registry/],
      [
        'no matching manifest for linux/arm64/v8 in the manifest list entries',
        /not available for the platform/,
      ],
      ['no match for platform in manifest: not found', /not available for the platform/],
      [
        'image operating system "windows" cannot be used on this platform: operating system is not supported',
        /not available for the platform/,
      ],
      ['write /var/lib/docker/tmp/x: no space left on device', /no space left on the node/],
      ['unauthorized: secret page of an inner service', /refused access/],
    ] as const) {
      t.match(pullProblem(said), kind);
      t.notMatch(pullProblem(said), /secret|var.lib/);
    }
  },
);

void t.test('reports only the part of a start failure that concerns the task', async (t) => {
  const runc =
    'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ';
  t.equal(
    startProblem(`${runc}exec: "/no/such": stat /no/such: no such file or directory: unknown`, 500),
    'stat /no/such: no such file or directory',
  );
  t.equal(
    startProblem(`${runc}exec: "serve": executable file not found in $PATH: unknown`, 500),
    'exec: "serve": executable file not found in $PATH',
  );
  t.notMatch(
    startProblem('error while mounting /var/lib/docker/overlay2/abc: input/output error', 500),
    /var/,
  );
  t.equal(startProblem('invalid CPU count', 400), 'invalid CPU count');
});
