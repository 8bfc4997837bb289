import t from 'tap';
import { OPERATOR } from '#domain/accounts/user/operator.js';
import type { Role } from '#domain/accounts/user/role.js';
import {
  actorOf,
  ANONYMOUS,
  keeperOf,
  mayChange,
  maySee,
  mayTouch,
  operatorHere,
  type UserPrincipal,
} from '#src/accounts/principal.js';

function account(userId: string, role: Role, tenantId: string): UserPrincipal {
  return { kind: 'user', userId, number: 1, role, tenantId, execute: false, via: 'token' };
}

const ADMIN = account('root', 'admin', 'default');
const AUDITOR = account('anna', 'auditor', 'audit');
const TENANT_ADMIN = account('tina', 'tenant_admin', 'acme');
const OWNER = account('olga', 'user', 'acme');
const COLLEAGUE = account('carl', 'user', 'acme');
const OTHER_TENANT_ADMIN = account('otto', 'tenant_admin', 'umbrella');
const STRANGER = account('sven', 'user', 'umbrella');

void t.test('identifies an actor in events by its kind and id', (t) => {
  t.equal(actorOf(ANONYMOUS), 'anonymous');
  t.equal(actorOf(operatorHere('root')), 'local:root');
  t.equal(actorOf(OWNER), 'user:olga');
  t.equal(actorOf({ ...account(OPERATOR.userId, 'admin', 'default'), via: 'apiKey' }), OPERATOR.userId);
  t.equal(actorOf({ kind: 'node', via: 'joinToken' }), 'node');
  t.equal(actorOf({ kind: 'node', via: 'secret', nodeId: 'n1' }), 'node:n1');
  t.end();
});

void t.test(
  "allows only the owner, its tenant's administrators and administrators to access an object",
  (t) => {
    const object = { userId: 'olga', tenantId: 'acme' };
    for (const allowed of [ADMIN, TENANT_ADMIN, OWNER])
      t.equal(mayTouch(allowed, object), true, allowed.userId);
    for (const refused of [COLLEAGUE, OTHER_TENANT_ADMIN, STRANGER])
      t.equal(mayTouch(refused, object), false, refused.userId);
    t.equal(mayTouch(ANONYMOUS, object), false);
    t.equal(mayTouch({ kind: 'node', via: 'joinToken' }, object), false);
    t.end();
  },
);

void t.test('shared objects are visible to the whole tenant and to administrators', (t) => {
  for (const allowed of [ADMIN, TENANT_ADMIN, OWNER, COLLEAGUE])
    t.equal(maySee(allowed, { tenantId: 'acme' }), true, allowed.userId);
  for (const refused of [OTHER_TENANT_ADMIN, STRANGER])
    t.equal(maySee(refused, { tenantId: 'acme' }), false, refused.userId);
  t.end();
});

void t.test(
  'shared objects can be changed by their creator, while in the tenant, and by administrators',
  (t) => {
    const made = { tenantId: 'acme', createdBy: 'olga' };
    for (const allowed of [ADMIN, TENANT_ADMIN, OWNER])
      t.equal(mayChange(allowed, made), true, allowed.userId);
    for (const refused of [COLLEAGUE, OTHER_TENANT_ADMIN, STRANGER])
      t.equal(mayChange(refused, made), false, refused.userId);
    t.equal(
      mayChange(account('olga', 'user', 'umbrella'), made),
      false,
      'a creator who has moved to another tenant cannot change the object',
    );
    t.end();
  },
);

void t.test('lets an auditor see everything and change nothing, even in its own tenant', (t) => {
  t.equal(mayTouch(AUDITOR, { userId: 'olga', tenantId: 'acme' }), true);
  t.equal(maySee(AUDITOR, { tenantId: 'acme' }), true);
  t.equal(mayChange(AUDITOR, { tenantId: 'audit', createdBy: 'anna' }), false);
  t.equal(keeperOf(AUDITOR).any, false);
  t.end();
});

void t.test('restricts only ordinary accounts to the objects that they created', (t) => {
  t.same(keeperOf(OWNER), { tenantId: 'acme', by: 'olga', any: false });
  t.same(keeperOf(TENANT_ADMIN), { tenantId: 'acme', by: 'tina', any: true });
  t.same(keeperOf(ADMIN), { tenantId: 'default', by: 'root', any: true });
  t.end();
});
