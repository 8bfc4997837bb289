import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { PrivateImages } from '#agents/drivers/docker/private-images.js';

const HOST = 'registry.acme.example';
const ID = 'sha256:a';
const by = (owner: string, withCredential = true, host = HOST) => ({ id: ID, owner, host, withCredential });

void t.test(
  'allows an image only for tenants that pulled it with a credential, even after a restart',
  async (t) => {
    const file = join(t.testdir(), 'private-images.json');
    const images = new PrivateImages(file);
    t.ok(await images.isFor(ID, 'ann'), 'an image without a record is not private');
    await images.pulled(by('ann'));
    for (const known of [images, new PrivateImages(file)]) {
      t.ok(await known.isFor(ID, 'ann'));
      t.notOk(await known.isFor(ID, 'ben'));
      t.notOk(await known.isFor(ID, ''), 'a task without an owner has no access');
      t.ok(await known.isFor('sha256:b', 'ben'));
    }
    await images.pulled(by('ben'));
    for (const owner of ['ann', 'ben']) t.ok(await new PrivateImages(file).isFor(ID, owner));
    await images.pulled(by('eve', false));
    for (const owner of ['ann', 'eve', '']) t.ok(await new PrivateImages(file).isFor(ID, owner));
  },
);

void t.test('pulling an image from another registry does not give access to it', async (t) => {
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
  t.ok(await images.isFor(ID, 'eve'), 'a pull from a registry that stores all layers itself grants access');
  t.notOk(await images.isFor(ID, 'ben'));
  await images.pulled(by('ben', false, 'docker.io'));
  t.ok(await images.isFor(ID, 'ben'), 'a pull from Docker Hub without a credential grants access');
});

void t.test('a tenant that pulls very many images does not make those of others public', async (t) => {
  const file = join(t.testdir(), 'private-images.json');
  const images = new PrivateImages(file, 10);
  await images.pulled(by('ann'));
  for (let number = 0; number < 30; number += 1)
    await images.pulled({ ...by('eve', true, 'registry.eve.example'), id: `sha256:eve-${number}` });
  for (const known of [images, new PrivateImages(file)]) {
    t.notOk(await known.isFor(ID, 'eve'));
    t.ok(await known.isFor(ID, 'ann'));
    t.notOk(await known.isFor('sha256:eve-29', 'ann'));
  }
});

void t.test('throws on an invalid file instead of granting access', async (t) => {
  const file = join(t.testdir(), 'private-images.json');
  writeFileSync(file, '{"sha256:a": "ann"}');
  await t.rejects(new PrivateImages(file).isFor(ID, 'ann'));
});
