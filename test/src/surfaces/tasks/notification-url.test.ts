import t from 'tap';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import { notificationTarget } from '#domain/tasks/task/index.js';
import { openPlace, sealPlace, shownUrl } from '#src/surfaces/tasks/notification-url.js';
import { openTestSealer } from '../../../fixtures/sealer.js';

const HOOK = 'https://hooks.example.com/services/T0/B0/token-of-the-hook?key=k';
const INWARD = 'http://[2001:db8::1]:8080/token-of-the-hook';

void t.test('seals a URL deterministically, and shows its origin', async (t) => {
  const sealer = await openTestSealer();
  for (const [url, origin] of [
    [HOOK, 'https://hooks.example.com'],
    [INWARD, 'http://[2001:db8::1]:8080'],
    ['HTTPS://EXAMPLE.com:443?x', 'https://example.com'],
  ] as const) {
    const place = await sealPlace(sealer, 'one', url);
    t.match(place, { origin });
    t.notMatch(JSON.stringify(place), 'token-of-the-hook');
    t.same(notificationTarget.parse(place), place);
    t.equal(await openPlace(sealer, place), url);
    t.same(await sealPlace(sealer, 'one', url), place, 'sealing again gives the same text');
  }
  t.notSame(
    await sealPlace(sealer, 'two', HOOK),
    await sealPlace(sealer, 'one', HOOK),
    'the URL of another tenant has a different sealed text',
  );
});

void t.test('masks everything after the host of a hidden URL', (t) => {
  const place = { origin: 'https://hooks.example.com', sealedUrl: '' };
  t.equal(shownUrl(place, HOOK), HOOK);
  t.equal(shownUrl(place, undefined), 'https://hooks.example.com/***');
  t.end();
});

void t.test('treats a URL sealed with an erased key as missing', async (t) => {
  const sealer = await openTestSealer();
  const place = await sealPlace(sealer, 'one', HOOK);
  await sealer.eraseKey(tenantSubject('one'));
  t.equal(await openPlace(sealer, place), undefined);
  const another = await sealPlace(sealer, 'one', HOOK);
  t.equal(await openPlace(sealer, place), undefined);
  t.equal(await openPlace(sealer, another), HOOK);
});

void t.test('accepts only the exact fields of a notification target', (t) => {
  const sealedUrl = `sealed:1:tenant.t1:${'a'.repeat(40)}`;
  for (const bad of [
    {},
    { origin: 'https://example.com' },
    { origin: 'https://example.com/', sealedUrl },
    { origin: 'https://a:b@example.com', sealedUrl },
    { origin: 'ftp://example.com', sealedUrl },
    { origin: 'https://example.com', sealedUrl: HOOK },
    { origin: 'https://example.com', sealedUrl, url: HOOK },
    { url: 'ftp://example.com/' },
  ])
    t.notOk(notificationTarget.safeParse(bad).success, JSON.stringify(bad));
  t.end();
});
