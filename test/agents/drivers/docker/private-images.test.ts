import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PrivateImages } from '#agents/drivers/docker/private-images.js';

void t.test('an image is for those who pulled it with a credential, also after a restart; one that was pulled without is for all', async (t) => {
  const file = join(t.testdir(), 'private-images.json');
  const images = new PrivateImages(file);
  t.ok(await images.isFor('sha256:a', 'ann'), 'nobody said that it is private');
  await images.pulled('sha256:a', 'ann', true);
  for (const known of [images, new PrivateImages(file)]) {
    t.ok(await known.isFor('sha256:a', 'ann'));
    t.notOk(await known.isFor('sha256:a', 'ben'));
    t.notOk(await known.isFor('sha256:a', ''), 'of whom nobody says who it is');
    t.ok(await known.isFor('sha256:b', 'ben'));
  }
  await images.pulled('sha256:a', 'ben', true);
  for (const owner of ['ann', 'ben']) t.ok(await new PrivateImages(file).isFor('sha256:a', owner));
  await images.pulled('sha256:a', 'eve', false);
  for (const owner of ['ann', 'eve', '']) t.ok(await new PrivateImages(file).isFor('sha256:a', owner));
});

void t.test('what was damaged lets nobody in', async (t) => {
  const file = join(t.testdir(), 'private-images.json');
  writeFileSync(file, '{"sha256:a": "ann"}');
  await t.rejects(new PrivateImages(file).isFor('sha256:a', 'ann'));
});
