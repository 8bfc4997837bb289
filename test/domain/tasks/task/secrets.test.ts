import fc from 'fast-check';
import t from 'tap';
import {
  masked,
  piecesOf,
  referencesOf,
  secretsOf,
  storedUrl,
  variablesOf,
  type Secrets,
  type TaskWork,
} from '#domain/tasks/task/index.js';

void t.test('secrets are packed into one environment and unpacked unchanged, even a long body', async (t) => {
  const value = fc.string({ maxLength: 20 });
  const names = fc.uniqueArray(fc.stringMatching(/^[A-Z]{1,5}$/), { maxLength: 4 });
  const map = names.chain((keys) =>
    fc
      .tuple(...keys.map(() => value))
      .map((values) => Object.fromEntries(keys.map((key, index) => [key, values[index] ?? '']))),
  );
  fc.assert(
    fc.property(
      map,
      fc.array(value, { maxLength: 12 }),
      fc.option(fc.integer({ min: 0, max: 95_000 }), { nil: undefined }),
      fc.constantFrom('https://a/', 'https://a/b', 'http://a:8080?c'),
      (values, words, length, url) => {
        const body = length === undefined ? undefined : 'ab\u{1f600}'.repeat(length / 4 + 1).slice(0, length);
        const shell: TaskWork = { executor: 'shell', command: 'true' };
        const python: TaskWork = { executor: 'python', command: 'a.py', arguments: words.length };
        const http: TaskWork = {
          executor: 'http',
          ...storedUrl(url),
          method: 'POST',
          headers: Object.keys(values),
          bodyPieces: piecesOf(body).length,
        };
        const environment = Object.keys(values).length > 0 && { environment: values };
        const same = (work: TaskWork, secrets: Secrets): void =>
          void t.same(secretsOf(work, variablesOf(secrets) ?? {}), secrets);
        same(shell, { ...environment });
        same(python, { ...environment, ...(words.length > 0 && { arguments: words }) });
        same(http, {
          ...(url !== 'https://a/' && { url }),
          ...(Object.keys(values).length > 0 && { headers: values }),
          ...(body !== undefined && { body }),
        });
      },
    ),
    { numRuns: 50 },
  );
  t.equal(variablesOf({}), undefined);
});

void t.test(
  'references to secrets are not sealed, keep their place among the headers and are never masked',
  async (t) => {
    const pw = { secret: 'db-password' };
    const secrets: Secrets = { environment: { A: 'b', PW: pw, ['__proto__']: pw } };
    t.same(variablesOf(secrets), { A: 'b' });
    const references = referencesOf(secrets);
    t.same(
      Object.entries(references ?? {}),
      Object.entries({ PW: 'db-password', ['__proto__']: 'db-password' }),
    );
    const shell: TaskWork = { executor: 'shell', command: 'true', ...(references && { references }) };
    const shown = secretsOf(shell, { A: 'b' });
    t.same(Object.entries(shown.environment ?? {}), Object.entries(secrets.environment ?? {}));
    t.same(
      Object.entries(masked(shown).environment ?? {}),
      Object.entries({ A: '***', PW: pw, ['__proto__']: pw }),
    );

    const headers = { First: '1', Authorization: pw, Last: '3' };
    t.same(variablesOf({ headers }), { MUSTER_HEADER_0: '1', MUSTER_HEADER_2: '3' });
    t.same(referencesOf({ headers }), { MUSTER_HEADER_1: 'db-password' });
    const http: TaskWork = {
      executor: 'http',
      url: 'https://a/',
      method: 'GET',
      headers: Object.keys(headers),
      bodyPieces: 0,
      references: { MUSTER_HEADER_1: 'db-password' },
    };
    t.same(secretsOf(http, { MUSTER_HEADER_0: '1', MUSTER_HEADER_2: '3' }), { headers });
    t.same(masked({ headers }), { headers: { First: '***', Authorization: pw, Last: '***' } });
    t.equal(referencesOf({ environment: { A: 'b' } }), undefined);
  },
);

void t.test('masked secrets keep their names and hide their values', async (t) => {
  const secrets = { environment: { A: 'b' }, arguments: ['x', 'y'], headers: { H: 'v' }, body: 'z' };
  t.same(masked({ ...secrets, url: 'https://a/b' }), {
    environment: { A: '***' },
    arguments: ['***', '***'],
    headers: { H: '***' },
    body: '***',
  });
  t.same(masked({}), {});
});
