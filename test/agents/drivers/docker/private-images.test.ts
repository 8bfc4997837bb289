import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PrivateImages } from '#agents/drivers/docker/private-images.js';

const HOST = 'registry.acme.example';
const ID = 'sha256:a';
const by = (owner: string, withCredential = true, host = HOST) => ({ id: ID, owner, host, withCredential });

void t.test(
  'an image is for those who pulled it with a credential, also after a restart; one that was pulled without is for all',
  async (t) => {
    const file = join(t.testdir(), 'private-images.json');
    const images = new PrivateImages(file);
    t.ok(await images.isFor(ID, 'ann'), 'nobody said that it is private');
    await images.pulled(by('ann'));
    for (const known of [images, new PrivateImages(file)]) {
      t.ok(await known.isFor(ID, 'ann'));
      t.notOk(await known.isFor(ID, 'ben'));
      t.notOk(await known.isFor(ID, ''), 'of whom nobody says who it is');
      t.ok(await known.isFor('sha256:b', 'ben'));
    }
    await images.pulled(by('ben'));
    for (const owner of ['ann', 'ben']) t.ok(await new PrivateImages(file).isFor(ID, owner));
    await images.pulled(by('eve', false));
    for (const owner of ['ann', 'eve', '']) t.ok(await new PrivateImages(file).isFor(ID, owner));
  },
);

void t.test(
  'a registry that does not guard an image gives nobody a right to it, with a credential or without',
  async (t) => {
    const file = join(t.testdir(), 'private-images.json');
    const images = new PrivateImages(file);
    await images.pulled(by('ann'));
    for (const withCredential of [false, true]) {
      await images.pulled(by('eve', withCredential, 'registry.eve.example'));
      for (const known of [images, new PrivateImages(file)]) {
        t.notOk(await known.isFor(ID, 'eve'));
        t.ok(await known.isFor(ID, 'ann'));
        t.notOk(await known.isFor(ID, 'ben'));
      }
    }
    await images.pulled(by('eve', true, 'ghcr.io'));
    t.ok(await images.isFor(ID, 'eve'), 'a registry that holds all layers of what it serves');
    t.notOk(await images.isFor(ID, 'ben'));
    await images.pulled(by('ben', false, 'docker.io'));
    t.ok(await images.isFor(ID, 'ben'), 'anybody can have it there');
  },
);

void t.test('what an older release wrote still guards', async (t) => {
  const file = join(t.testdir(), 'private-images.json');
  writeFileSync(file, JSON.stringify({ [ID]: ['ann'] }));
  const images = new PrivateImages(file);
  t.ok(await images.isFor(ID, 'ann'));
  await images.pulled(by('eve', false));
  t.notOk(await images.isFor(ID, 'eve'));
});

void t.test('damaged data grants access to nobody', async (t) => {
  const file = join(t.testdir(), 'private-images.json');
  writeFileSync(file, '{"sha256:a": "ann"}');
  await t.rejects(new PrivateImages(file).isFor(ID, 'ann'));
});
