import fc from 'fast-check';
import t from 'tap';
import { httpUrl } from '#domain/drivers/http/index.js';
import { httpWork, isSecretUrl, originOf, storedUrl } from '#domain/tasks/task/index.js';

void t.test('stores only the origin of a URL that has more', async (t) => {
  const more = { url: 'https://example.com', urlSealed: true } as const;
  for (const [url, stored] of [
    ['https://example.com', 'https://example.com'],
    ['https://example.com/', 'https://example.com/'],
    ['HTTPS://example.com/', 'HTTPS://example.com/'],
    ['https://example.com/a', more],
    ['https://example.com?token=a', more],
    ['https://example.com/?token=a', more],
    ['https://example.com#a', more],
    ['https://example.com//', more],
    ['HTTPS://example.com/a', more],
    ['http://[::1]:8080/a', { url: 'http://[::1]:8080', urlSealed: true }],
  ] as const) {
    t.same(storedUrl(url), typeof stored === 'string' ? { url: stored } : stored, url);
    t.equal(isSecretUrl(url), typeof stored !== 'string', url);
  }
});

void t.test('every URL that a task may call can be stored', async (t) => {
  const { url: stored } = httpWork.shape;
  let tried = 0;
  fc.assert(
    fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
      if (!httpUrl.safeParse(url).success) return true;
      tried += 1;
      return stored.safeParse(storedUrl(url).url).success && url.startsWith(originOf(url));
    }),
  );
  t.ok(tried > 0);
});
