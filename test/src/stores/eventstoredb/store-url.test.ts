import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { hostsIn, parseStoreUrl, problemsOfStoreUrl } from '#src/stores/eventstoredb/store-url.js';
import { ownFolder } from '../../../fixtures/folder.js';
import { hasOpenssl, selfSigned } from '../../../fixtures/self-signed.js';

void t.test('accepts every form of the connection string', async (t) => {
  t.match(parseStoreUrl('esdb://host'), {
    hosts: [{ host: 'host', port: 2113 }],
    discovers: false,
    tls: true,
    credentials: undefined,
  });
  t.match(parseStoreUrl('esdb://a:1,b,[::1]:3/?tls=false'), {
    hosts: [
      { host: 'a', port: 1 },
      { host: 'b', port: 2113 },
      { host: '::1', port: 3 },
    ],
    discovers: true,
    tls: false,
  });
  t.match(parseStoreUrl('esdb+discover://cluster.internal:3113'), { discovers: true });
  t.match(parseStoreUrl('kurrentdb://host:1?TLS=false&keep_alive_interval=-1'), {
    tls: false,
    keepAliveIntervalMs: -1,
  });
  t.match(parseStoreUrl('kurrentdb+discover://host'), { discovers: true });
  t.match(parseStoreUrl('esdb://admin:a%3Ab%40c@host'), {
    credentials: { user: 'admin', password: 'a:b@c' },
  });
  t.match(
    parseStoreUrl('esdb://admin:a:b@host'),
    { credentials: { user: 'admin', password: 'a:b' } },
    'the whole of a password with a colon is used',
  );
  t.match(
    parseStoreUrl('esdb://h?nodePreference=read-only-replica&throwOnAppendFailure=false&gossipTimeout=2'),
    { gossipTimeoutMs: 2_000 },
  );
  t.equal(hostsIn('esdb://admin:secret@a:1,[::1]?tls=false'), 'a:1,[::1]:2113');
});

const SECRET = 's3cr3t';
const of = (rest: string): string => `esdb://admin:${SECRET}@host:2113${rest}`;

void t.test('reports the invalid option and never repeats the password', async (t) => {
  const wrong: readonly (readonly [url: string, named: RegExp])[] = [
    [of('?foo=1'), /^foo: unknown option, must be one of tls, /],
    [of('?tls'), /^tls: has no value/],
    [of('?tls='), /^tls: has no value/],
    [of('?tls=True'), /^tls: must be true or false/],
    [of('?tls=true&TLS=false'), /^tls: duplicate option/],
    [of('?tlsVerifyCert=false'), /^tlsVerifyCert: certificates are always verified.*tlsCAFile/],
    [of('?tlsCAFile=/missing/ca.pem'), /^tlsCAFile: \/missing\/ca.pem does not exist/],
    [of('?tlsCAFile=%zz'), /^tlsCAFile: is not percent-encoded/],
    [of('?userCertFile=/missing/c.pem'), /userCertFile, userKeyFile: must be set together/],
    [of('?nodePreference=nearest'), /^nodePreference: must be one of leader, follower/],
    [of('?keepAliveInterval=abc'), /^keepAliveInterval: must be a whole number of milliseconds, or -1/],
    [of('?keepAliveTimeout=-2'), /^keepAliveTimeout: must be/],
    [of('?discoveryInterval=1.5'), /^discoveryInterval: must be a whole number/],
    [of('?gossipTimeout=0'), /^gossipTimeout: must be a whole number of at least 1/],
    [of('?defaultDeadline=0'), /^defaultDeadline: must be/],
    [of('?maxDiscoverAttempts=-1'), /^maxDiscoverAttempts: must be/],
    [`esdb+discover://admin:${SECRET}@a:1,b:2`, /^\+discover accepts one DNS name/],
    [`esdb://admin:%zz${SECRET}@host`, /is not percent-encoded/],
    [`esdb://${SECRET}@host`, /must be user:password/],
    [`esdb://admin:${SECRET}/x@host`, /percent-encode/],
    [`esdb://admin:1?${SECRET}=2@host?tls=false`, /percent-encode/],
    [`esdb://admin:${SECRET}`, /^host 1 must be/],
    [`esdb://admin:${SECRET}@host:99999`, /^host 1 must be/],
    [`esdb://admin:${SECRET}@a,,b`, /^host 2 must be/],
    [`http://admin:${SECRET}@host`, /^must begin with esdb:\/\//],
  ];
  for (const [url, named] of wrong) {
    const problems = problemsOfStoreUrl(url);
    t.ok(
      problems.some((problem) => named.test(problem)),
      `${url}: ${problems.join('; ')}`,
    );
    t.notMatch(
      problems.join(),
      new RegExp(`${SECRET}|tls=false`),
      'the problems contain neither the password nor advice to disable TLS',
    );
  }
  t.equal(problemsOfStoreUrl(of('?foo=1&tls=maybe')).length, 2, 'all problems are reported at once');
});

void t.test(
  'reports a file that is not a certificate',
  { skip: !hasOpenssl && 'needs openssl' },
  async (t) => {
    const file = join(ownFolder(t), 'ca.pem');
    writeFileSync(file, 'not PEM');
    t.match(problemsOfStoreUrl(`esdb://host?tlsCAFile=${file}`), [/^tlsCAFile: .*ca.pem is not a PEM file/]);
    t.strictSame(problemsOfStoreUrl(`esdb://host?tlsCAFile=${selfSigned(t).certFile}`), []);
  },
);
