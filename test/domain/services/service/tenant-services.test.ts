import t from 'tap';
import {
  tenantServices,
  type TenantServiceCommand,
  type TenantServiceEvent,
} from '#domain/services/service/index.js';
import { specify } from '../../kernel/event/decider-specification.js';

const { given } = specify(tenantServices);
const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const place = (n: number, type: string) => ({ tenantId: 't1', serviceId: id(n), type });
const take = (n: number, type: string, strays: readonly string[] = []): TenantServiceCommand => ({
  kind: 'take',
  ...place(n, type),
  most: 2,
  strays,
});
const give = (n: number): TenantServiceCommand => ({ kind: 'give', tenantId: 't1', serviceId: id(n) });
const taken = (n: number, type: string): TenantServiceEvent => ({
  type: 'ServicePlaceTaken',
  data: place(n, type),
});
const left = (n: number, type: string): TenantServiceEvent => ({
  type: 'ServicePlaceGiven',
  data: place(n, type),
});

void t.test('a tenant has at most one service of each type', async (t) => {
  given(taken(1, 'web'))
    .when(take(2, 'web'))
    .refused(t, 'MUSTER_E_SERVICE_EXISTS', 'Service already exists for this tenant');
  given(taken(1, 'web'), left(1, 'web')).when(take(2, 'web')).then(t, taken(2, 'web'));
});

void t.test('a tenant has no more services than its limit', async (t) => {
  given(taken(1, 'web'), taken(2, 'database'))
    .when(take(3, 'queue'))
    .refused(t, 'MUSTER_E_SERVICE_TOO_MANY', 'Tenant has reached maximum number of services');
  given(taken(1, 'web'), taken(2, 'database'))
    .when(give(1), take(3, 'queue'))
    .then(t, left(1, 'web'), taken(3, 'queue'));
});

void t.test('a service reserves its place once and releases it once', async (t) => {
  given(taken(1, 'web')).when(take(1, 'web'), give(1), give(1)).then(t, left(1, 'web'));
});

void t.test('the place of a service that was never created is given to another service', async (t) => {
  given(taken(1, 'web'))
    .when(take(2, 'web', [id(1)]))
    .then(t, left(1, 'web'), taken(2, 'web'));
  given(taken(1, 'web'), taken(2, 'database'))
    .when(take(3, 'queue', [id(2)]))
    .then(t, left(2, 'database'), taken(3, 'queue'));
});
