import t from 'tap';
import { tenants, type TenantEvent } from '#domain/accounts/tenant/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

const { given } = specify(tenants);
const created: TenantEvent = { type: 'TenantCreated', data: { tenantId: 't1', createdBy: 'u1' } };

void t.test('a tenant is created once, and a second request changes nothing', async (t) => {
  given().when({ kind: 'create', tenantId: 't1', createdBy: 'u1' }).then(t, created);
  given(created).when({ kind: 'create', tenantId: 't1', createdBy: 'u2' }).then(t);
});

void t.test('tenants remain when the cluster is cleared', async (t) => {
  t.strictSame([tenants.stream('x'), tenants.outlivesClear], ['tenant-x', true]);
});
