import { createHmac, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { compactVerify } from 'jose';
import t from 'tap';
import { systemClock } from '#agents/platform/clock/system-clock.js';
import { isCompact, Tokens } from '#src/accounts/tokens.js';
import { openTestApi } from '../http/support/test-api.js';

const secret = randomBytes(32);
const tokens = new Tokens(secret, systemClock);
const who = { userId: 'u1', sessionId: 's1' };
const seconds = Math.floor(systemClock.now() / 1000);
const HEADER = { alg: 'HS256', typ: 'JWT' };
const CLAIMS = {
  sid: 's1',
  iss: 'muster',
  aud: 'muster',
  sub: 'u1',
  iat: seconds,
  nbf: seconds,
  exp: seconds + 1000,
};

const encoded = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
function signed(
  header: unknown,
  payload: unknown,
  key: Uint8Array | string = secret,
  hash = 'sha256',
): string {
  const text = `${encoded(header)}.${encoded(payload)}`;
  return `${text}.${createHmac(hash, key).update(text).digest('base64url')}`;
}

void t.test('issues tokens with exactly this header and the signed claims', async (t) => {
  const token = await tokens.sign(who, (seconds + 86_400) * 1000);
  const [header, payload] = token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
  t.equal(token.split('.')[0], 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9');
  t.same(header, HEADER);
  t.match(payload, {
    iss: 'muster',
    aud: 'muster',
    sub: 'u1',
    sid: 's1',
    exp: seconds + 86_400,
    nbf: Number,
  });
  t.notOk(Object.hasOwn(payload ?? {}, 'role'));
  t.same(await tokens.verify(token), who);
  t.same(
    await tokens.verify(signed(HEADER, CLAIMS)),
    who,
    'the token that each attack below changes in one way is valid',
  );
});

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
const [, payload = '', signature = ''] = signed(HEADER, CLAIMS).split('.');

/** Encodes the same bytes differently: flips an unused bit of the last base64url character. */
function otherwise(token: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + (letters[letters.indexOf(token.slice(-1)) ^ 1] ?? '');
}

/** Invalid tokens, keyed by their defect. */
const ATTACKS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'none',
      'None',
      'NONE',
      'nOnE',
      '',
      'HS384',
      'HS512',
      'RS256',
      'PS256',
      'ES256',
      'EdDSA',
      'hs256',
      'HS256 ',
    ].flatMap((alg) => [
      [`alg ${alg}, signed`, signed({ ...HEADER, alg }, CLAIMS)],
      [`alg ${alg}, unsigned`, `${encoded({ ...HEADER, alg })}.${payload}.`],
    ]),
  ),
  'HS512, signed with HS512': signed({ ...HEADER, alg: 'HS512' }, CLAIMS, secret, 'sha512'),
  'signed with a public key as secret': signed(HEADER, CLAIMS, pem),
  'signed with an empty secret': signed(HEADER, CLAIMS, ''),
  'signed with another secret': signed(HEADER, CLAIMS, randomBytes(32)),
  ...Object.fromEntries(
    ['../../../dev/null', '/dev/null', "' OR 1=1 --", 'file:///etc/passwd', '\u0000', '__proto__'].map(
      (kid) => [`kid ${kid}`, signed({ ...HEADER, kid }, CLAIMS)],
    ),
  ),
  'kid, signed with an empty secret': signed({ ...HEADER, kid: '/dev/null' }, CLAIMS, ''),
  jku: signed({ ...HEADER, jku: 'http://127.0.0.1/keys' }, CLAIMS),
  x5u: signed({ ...HEADER, x5u: 'http://127.0.0.1/cert' }, CLAIMS),
  jwk: signed({ ...HEADER, jwk: { kty: 'oct', k: secret.toString('base64url') } }, CLAIMS),
  crit: signed({ ...HEADER, crit: ['b64'], b64: false }, CLAIMS),
  'other field order in the header': signed({ typ: 'JWT', alg: 'HS256' }, CLAIMS),
  'alg named twice': signed('{"alg":"none","alg":"HS256","typ":"JWT"}', CLAIMS),
  'other typ': signed({ ...HEADER, typ: 'at+jwt' }, CLAIMS),
  expired: signed(HEADER, { ...CLAIMS, exp: seconds - 60 }),
  'not valid yet': signed(HEADER, { ...CLAIMS, nbf: seconds + 3600 }),
  'exp as text': signed(HEADER, { ...CLAIMS, exp: String(seconds + 1000) }),
  'exp too large for a number': signed(HEADER, JSON.stringify(CLAIMS).replace(/"exp":\d+/, '"exp":1e400')),
  'exp named twice, the second one in the past': signed(
    HEADER,
    JSON.stringify(CLAIMS).replace('}', `,"exp":1}`),
  ),
  ...Object.fromEntries(
    ['exp', 'nbf', 'sub', 'sid', 'iss', 'aud', 'iat'].map((claim) => [
      `without ${claim}`,
      signed(HEADER, { ...CLAIMS, [claim]: undefined }),
    ]),
  ),
  'of another issuer': signed(HEADER, { ...CLAIMS, iss: 'other' }),
  'for another audience': signed(HEADER, { ...CLAIMS, aud: ['other'] }),
  'sub is not a string': signed(HEADER, { ...CLAIMS, sub: { $ne: null } }),
  'changed signature': `${signed(HEADER, CLAIMS).slice(0, -4)}AAAA`,
  'signature of another payload': `${encoded(HEADER)}.${encoded({ ...CLAIMS, sub: 'u2' })}.${signature}`,
  'truncated signature': signed(HEADER, CLAIMS).slice(0, -10),
  'padded signature': `${signed(HEADER, CLAIMS)}=`,
  'signature with a stray character': `${signed(HEADER, CLAIMS).slice(0, -3)}!${signed(HEADER, CLAIMS).slice(-3)}`,
  'signature in another encoding': otherwise(signed(HEADER, CLAIMS)),
  'four parts': `${signed(HEADER, CLAIMS)}.x`,
  'five parts': `${encoded({ alg: 'dir', enc: 'A128GCM' })}....`,
  'JSON serialization': JSON.stringify({ protected: encoded(HEADER), payload, signature }),
  'one megabyte': `${encoded(HEADER)}.${'A'.repeat(1_048_576)}.${signature}`,
  'payload of one megabyte, signed': signed(HEADER, { ...CLAIMS, x: 'x'.repeat(1_048_576) }),
  'payload is not JSON': signed(HEADER, 'x'),
  'payload is an array': signed(HEADER, '[]'),
  empty: '',
  dots: '..',
};

void t.test('rejects every forged or altered token', async (t) => {
  for (const [name, token] of Object.entries(ATTACKS)) t.equal(await tokens.verify(token), undefined, name);
  t.ok(Object.keys(ATTACKS).length > 60);
});

void t.test('responds 401 to each forged token, and to other invalid headers, over HTTP', async (t) => {
  const api = await openTestApi(t);
  for (const [name, token] of Object.entries(ATTACKS)) {
    if (token.includes('\u0000') || token.includes('"')) continue;
    const said = await api.say('GET', '/api/auth/me', undefined, { authorization: `Bearer ${token}` });
    t.equal(said.status, 401, name);
  }
  for (const value of ['', 'Bearer', 'Bearer ', 'bearer x y', 'Basic YTpi', 'Digest x', 'Bearer\tx']) {
    t.equal((await api.say('GET', '/api/auth/me', undefined, { authorization: value })).status, 401, value);
  }
});

void t.test('expires a cached token at the same moment as an uncached one', async (t) => {
  let now = seconds * 1000;
  const clock = { ...systemClock, now: () => now };
  const known = new Tokens(secret, clock);
  const token = signed(HEADER, CLAIMS);
  t.same(await known.verify(token), who, 'the token is valid and now cached');
  const answers: boolean[] = [];
  for (const edge of [CLAIMS.nbf - 5, CLAIMS.nbf + 5, CLAIMS.exp - 5, CLAIMS.exp + 5]) {
    for (const milliseconds of [-1000, -1, 0, 1, 999, 1000]) {
      now = edge * 1000 + milliseconds;
      const fresh = await new Tokens(secret, clock).verify(token);
      t.same(await known.verify(token), fresh, `${edge} s and ${milliseconds} ms`);
      answers.push(fresh !== undefined);
    }
  }
  t.same([...new Set(answers)].sort(), [false, true], 'the token was checked while valid and while invalid');
  t.equal(
    await known.verify(otherwise(token)),
    undefined,
    'a cached token with its signature in another encoding is refused',
  );
  t.equal(await known.verify(`${token.slice(0, -4)}AAAA`), undefined);
});

interface Group {
  readonly private?: { readonly kty: string; readonly k?: string };
  readonly key?: { readonly kty: string };
  readonly tests: readonly {
    readonly tcId: number;
    readonly comment: string;
    readonly jws: string;
    readonly result: 'valid' | 'invalid';
  }[];
}

/**
 * Vectors whose result differs from the file. 367 and 370 lost the padding that they test, so they equal the valid vector 357 byte for byte. 372 and
 * 373 contain a stray character. Lenient decoders skip it, and we refuse it.
 */
const DEVIATIONS: ReadonlyMap<number, 'valid' | 'invalid'> = new Map([
  [367, 'valid'],
  [370, 'valid'],
  [372, 'invalid'],
  [373, 'invalid'],
]);

void t.test(
  'verifies the signature vectors of Project Wycheproof correctly, and accepts none as a token',
  async (t) => {
    const { testGroups, numberOfTests } = JSON.parse(
      await readFile('test/fixtures/wycheproof/json_web_signature_test.json', 'utf8'),
    ) as {
      testGroups: Group[];
      numberOfTests: number;
    };
    let judged = 0;
    let seen = 0;
    for (const { private: secretKey, key, tests } of testGroups) {
      const k = secretKey?.k;
      // For a key pair, its public half is used as the secret (algorithm confusion).
      const jwk = { ...(secretKey ?? key) } as Record<string, unknown>;
      for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi']) delete jwk[part];
      const bytes =
        k !== undefined
          ? Buffer.from(k, 'base64url')
          : createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'der' });
      const ours = bytes.byteLength >= 32 ? new Tokens(bytes, systemClock) : undefined;
      for (const { tcId, comment, jws, result } of tests) {
        seen += 1;
        if (ours !== undefined) t.equal(await ours.verify(jws), undefined, `${tcId} ${comment}`);
        const accepted =
          isCompact(jws) &&
          (await compactVerify(jws, bytes, { algorithms: ['HS256'] }).then(
            () => true,
            () => false,
          ));
        if (k !== undefined) judged += 1;
        const right = DEVIATIONS.get(tcId) ?? result;
        t.equal(
          accepted,
          k !== undefined && right === 'valid',
          `${tcId} ${comment}: only a valid HS256 signature is accepted`,
        );
      }
    }
    t.equal(seen, numberOfTests);
    t.ok(judged >= 30, String(judged));
  },
);
