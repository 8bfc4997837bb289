import t from 'tap';
import { driverProblem } from '#domain/drivers/index.js';

const problem = (config: object) =>
  driverProblem({ driver: 'http', config: { url: 'https://a.example/x?y=z', ...config } });

void t.test('an HTTP call with every field is accepted', (t) => {
  t.equal(problem({}), undefined);
  const headers = { 'X-A': 'b', Authorization: { env: 'TOKEN' }, 'X-Empty': '' };
  t.equal(
    problem({
      method: 'POST',
      headers,
      body: ['a', { env: 'REST' }],
      expect: { status: [200, 404], body_regex: 'ok$' },
    }),
    undefined,
  );
  t.equal(problem({ method: 'OPTIONS', body: 'x' }), undefined);
  t.equal(problem({ url: { env: 'HOOK' } }), undefined);
  t.equal(problem({ expect: { status: 503 } }), undefined);
  t.end();
});

void t.test('an invalid HTTP call is refused, and the error reports the field', (t) => {
  const refused: Readonly<Record<string, readonly object[]>> = {
    'config.url': [
      '',
      'x',
      'ftp://a/',
      'http://',
      'http://u:p@a/',
      'http://a b/',
      'http://a/\n',
      'http://a\u0000/',
      'http://a\\b/',
      'http:a',
      'http://a:99999/',
      `http://a/${'x'.repeat(8192)}`,
      1,
      { env: 'a b' },
      { env: 'A', path: '/' },
    ].map((url) => ({ url })),
    'config.method': [{ method: 'TRACE' }, { method: 'CONNECT' }, { method: 'get' }, { method: 'X\r\nY' }],
    'config.body': [
      { body: 'x' },
      { method: 'HEAD', body: 'x' },
      { method: 'POST', body: 'x'.repeat(131_073) },
      { method: 'POST', body: { file: 'x' } },
    ],
    'config.headers': [
      { headers: { 'X-A': '1', 'x-a': '2' } },
      { headers: Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`x-${index}`, ''])) },
    ],
    'config.headers.X-A': ['a\r\nHost: b', 'a\nb', 'a\u0000b', '\u2028', 'x'.repeat(16_385)].map((value) => ({
      headers: { 'X-A': value },
    })),
    'config.expect': [{ expect: {} }, { expect: { body: 'x' } }],
    'config.expect.body_regex': ['', '(', '(?=x)', '(a)\\1', `a{1000}{1000}`, 'x'.repeat(600)].map(
      (body_regex) => ({ expect: { body_regex } }),
    ),
    config: [{ follow: true }],
  };
  for (const [field, configs] of Object.entries(refused))
    for (const config of configs)
      t.match(problem(config), { field }, encodeURI(JSON.stringify(config)).slice(0, 80));
  for (const status of [100, 600, 200.5, [], ['200']])
    t.match(problem({ expect: { status } }), { field: /^config\.expect\.status/ }, String(status));
  for (const name of [
    'Host',
    'content-length',
    'Transfer-Encoding',
    'CONNECTION',
    'Upgrade',
    'TE',
    'Expect',
    'a b',
    'a:b',
    '',
    'a\r\nb',
    'ä',
  ])
    t.match(problem({ headers: { [name]: 'x' } }), { field: /^config\.headers/ }, encodeURI(name));
  t.end();
});
