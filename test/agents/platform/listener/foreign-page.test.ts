import t from 'tap';
import { isForeignPage, isForForeignPage } from '#agents/platform/listener/foreign-page.js';
import { HostNames } from '#agents/platform/listener/index.js';

const names = new HostNames({ listen: '127.0.0.1', allowed: ['muster.example', 'front.example:8443'] });
const host = '127.0.0.1:8080';

void t.test(
  'accepts state-changing requests from its own pages and from clients other than browsers',
  async (t) => {
    const cases: readonly (readonly [Record<string, string>, boolean])[] = [
      [{}, false],
      [{ origin: 'http://127.0.0.1:8080' }, false],
      [{ origin: 'https://127.0.0.1:8080' }, false],
      [{ origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'same-origin' }, false],
      [{ 'sec-fetch-site': 'none' }, false],
      [{ origin: 'https://muster.example' }, false],
      [{ origin: 'https://front.example:8443' }, false],
      [{ origin: 'https://front.example' }, true],
      [{ origin: 'https://muster.example:3000' }, true],
      [{ origin: 'http://127.0.0.1:3000' }, true],
      [{ origin: 'http://127.0.0.1' }, true],
      [{ origin: 'http://localhost:8080' }, true],
      [{ origin: 'http://evil.example' }, true],
      [{ origin: 'null' }, true],
      [{ origin: '' }, true],
      [{ origin: 'http://127.0.0.1:8080, http://evil.example' }, true],
      [{ origin: 'http://127.0.0.1:8080', 'sec-fetch-site': 'cross-site' }, true],
      [{ 'sec-fetch-site': 'cross-site' }, true],
      [{ 'sec-fetch-site': 'same-site' }, true],
      [{ 'sec-fetch-site': 'x' }, true],
    ];
    for (const [headers, foreign] of cases) {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'QUERY', ''])
        t.equal(
          isForeignPage(method, { host, ...headers }, names),
          foreign,
          `${method} ${JSON.stringify(headers)}`,
        );
      for (const method of ['GET', 'HEAD', 'OPTIONS'])
        t.notOk(isForeignPage(method, { host, ...headers }, names), method);
    }
  },
);

void t.test('recognizes responses that a foreign page embeds or fetches', async (t) => {
  for (const site of ['cross-site', 'same-site', 'x'])
    for (const destination of [undefined, 'empty', 'image', 'script', 'iframe'])
      t.ok(
        isForForeignPage({ 'sec-fetch-site': site, ...(destination && { 'sec-fetch-dest': destination }) }),
      );
  t.notOk(isForForeignPage({ 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'document' }), 'a link');
  for (const headers of [{}, { 'sec-fetch-site': 'same-origin' }, { 'sec-fetch-site': 'none' }])
    t.notOk(isForForeignPage(headers), JSON.stringify(headers));
});
