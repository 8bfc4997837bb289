import t from 'tap';
import type { TaskGroup } from '#domain/jobs/job/specification.js';
import { tenantSubject } from '#domain/kernel/sealing/index.js';
import { imageRights, type CredentialSource } from '#src/fleet/nodes/image-rights.js';

const CREDENTIAL = { username: 'robot', password: 'secret' };
const has =
  (...known: readonly string[]): CredentialSource =>
  async (tenant, host) =>
    known.includes(`${tenant} ${host}`) ? CREDENTIAL : undefined;
const group = (...images: readonly string[]): TaskGroup => ({
  name: 'g',
  tasks: [
    ...images.map((image, index) => ({ name: `t${index}`, driver: 'docker', config: { image } })),
    { name: 'e', driver: 'exec', config: { command: 'ghcr.io/acme/app' } },
  ],
});
const of = (tenant: string | null) => ({ surface: 'services', tenant, principal: 'p' });

void t.test("includes the tenant's credentials only for registries of the order's images", async (t) => {
  const rights = await imageRights(
    group('ghcr.io/acme/app:1', 'nginx'),
    of('a'),
    has('a ghcr.io', 'a quay.io', 'b docker.io'),
  );
  t.same(rights, {
    image_owner: tenantSubject('a'),
    registries: ['ghcr.io'],
    registry_credentials: { 'ghcr.io': CREDENTIAL },
  });
  t.same(await imageRights(group('ghcr.io/acme/app:1'), of('b'), has('a ghcr.io')), {});
  t.same(await imageRights(group(), of('a'), has('a ghcr.io')), {});
});

void t.test("uses the operator's tenant for cluster jobs, and none for unknown owners", async (t) => {
  t.match(await imageRights(group('nginx'), undefined, has('default docker.io')), {
    registries: ['docker.io'],
  });
  t.same(await imageRights(group('nginx'), of(null), has('default docker.io')), {});
});
