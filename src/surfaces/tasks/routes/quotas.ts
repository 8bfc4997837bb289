import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import {
  CONFIGURED_QUOTAS,
  isConfiguredQuota,
  limitOf,
  QUOTAS,
  SELF_REGISTERED,
  SHARED_QUOTAS,
  unitOf,
  type Holder,
} from '#domain/accounts/quota/index.js';
import { isSelfRegistered } from '#domain/accounts/user/index.js';
import { MusterError } from '#domain/kernel/errors/index.js';
import { tenantTasks, tasksOf } from '#domain/tasks/tenant-tasks/index.js';
import { users, type UserDocument } from '#projections/accounts/users.js';
import { access, read as readStored, type Scope } from '#src/http/index.js';
import { answer, enveloped, envelopedPage, failures, pageAnswer } from '../envelope.js';
import { quotaBody, quotaParams, quotaQuery, quotaRule, quotaView } from '../quota-contract.js';
import { TASKS_SURFACE, type TasksSurface } from '../surface.js';

type View = z.input<typeof quotaView>;

/** Quotas that self-registered accounts share. */
const GROUP_QUOTAS: ReadonlySet<string> = new Set([...SHARED_QUOTAS, 'gpus', 'log_bytes_per_day']);

interface Held extends Holder {
  readonly tenantId: string;
}

const tags = ['quotas'];
const GROUP: Held = { of: 'tenant', id: SELF_REGISTERED, tenantId: SELF_REGISTERED };

export function quotaRoutes(scope: Scope, surface: TasksSurface): void {
  const { clock } = surface.parts;

  scope.get(
    '/api/quotas',
    {
      config: access.account(`${TASKS_SURFACE}:read`),
      schema: {
        tags,
        operationId: 'tasks_getQuotas',
        summary: 'Get your quotas',
        description:
          'Returns the quotas of your tenant and account, with their usage. A self-registered account also sees those that all such accounts share, with the holder `self-registered`.',
        response: { 200: pageAnswer('The quotas', 'QuotaAnswer', quotaView), ...failures() },
      },
    },
    async (request) => {
      const account = surface.account(request);
      const { tenantId, userId } = account;
      const views = await usageOf(surface, request, [
        { of: 'tenant', id: tenantId, tenantId },
        { of: 'account', id: userId, tenantId },
        ...(isSelfRegistered(account) ? [GROUP] : []),
      ]);
      return envelopedPage(
        views,
        { page: 1, size: views.length, total: views.length },
        'Quotas',
        clock.now(),
      );
    },
  );

  scope.get(
    '/api/quotas/tenants',
    {
      config: access.admin(`${TASKS_SURFACE}:read`),
      schema: {
        tags,
        operationId: 'tasks_listQuotas',
        summary: 'List quotas of all tenants',
        description:
          'A page contains all quotas of `size` tenants or, with `tenant_id`, the quotas of the tenant and each of its accounts.',
        querystring: quotaQuery,
        response: {
          200: pageAnswer('Quotas of a page of tenants', 'QuotaPage', quotaView),
          ...failures(),
        },
      },
    },
    async (request) => {
      const { page, size, tenant_id: tenantId } = request.query;
      const holders = await holdersOf(surface, tenantId);
      const shown = holders.slice((page - 1) * size, page * size);
      return envelopedPage(
        await usageOf(surface, request, shown),
        { page, size, total: holders.length },
        'Quotas',
        clock.now(),
      );
    },
  );

  scope.put(
    '/api/quotas/tenants/:tenant_id/:quota',
    {
      config: access.admin(`${TASKS_SURFACE}:write`),
      schema: {
        tags,
        operationId: 'tasks_setQuota',
        summary: 'Set a quota',
        description:
          'Sets the limit of a tenant or one of its accounts, overriding the settings. Existing usage is not affected; new requests wait or are refused.',
        params: quotaParams,
        body: quotaBody,
        response: { 200: answer('The limit', 'QuotaRuleAnswer', quotaRule), ...failures() },
      },
    },
    async (request, reply) => {
      const { tenant_id: tenantId, quota } = request.params;
      const { limit, account_id: account } = request.body;
      if (isConfiguredQuota(quota))
        throw new MusterError('MUSTER_E_INVALID', {
          field: 'quota',
          problem: `${quota} is limited by ${CONFIGURED_QUOTAS[quota].setting} on the servers`,
        });
      await surface.written(
        reply,
        await surface.parts.quotas.set(tenantId, account, quota, limit, surface.context(request)),
      );
      const rules = await surface.parts.quotas.rulesOf({ tenantId, account: account ?? '' }, quota);
      const of = account === undefined ? ('tenant' as const) : ('account' as const);
      return enveloped(
        { quota, of, holder: account ?? tenantId, rule: rules[of] },
        'Quota set',
        surface.parts.clock.now(),
      );
    },
  );
}

/** The scheduler counts node resources, the tenant's stream counts tasks, a read model counts log bytes, and other surfaces count their own. */
async function usageOf(
  surface: TasksSurface,
  { principal }: FastifyRequest,
  holders: readonly Held[],
): Promise<View[]> {
  const { dryRuns, executor } = surface.parts;
  const placed = await surface.queues.dryRuns.run(
    principal,
    async () => await dryRuns.quotaUsage(holders.map(({ of, id }) => ({ of, id }))),
  );
  const views: View[] = [];
  for (const { of, id, tenantId } of holders) {
    const places = await executor.load(tenantTasks, tenantId);
    const rules = await surface.parts.quotas.rulesOf(
      { tenantId, account: of === 'account' ? id : '' },
      'tasks',
    );
    const used = of === 'tenant' ? places.size : tasksOf(places, id);
    views.push({
      quota: 'tasks',
      unit: QUOTAS.tasks.unit,
      of,
      holder: id,
      used,
      limit: limitOf(rules[of], 0) ?? null,
      rule: rules[of],
    });
    const ofLog = await surface.parts.quotas.rulesOf(
      { tenantId, account: of === 'account' ? id : '' },
      'log_bytes_per_day',
    );
    const log = { quota: 'log_bytes_per_day', unit: QUOTAS.log_bytes_per_day.unit, of, holder: id } as const;
    views.push({
      ...log,
      used: await surface.parts.quotas.logBytesOf({ of, id }),
      limit: limitOf(ofLog[of], 0) ?? null,
      rule: ofLog[of],
    });
    for (const each of placed) {
      if (each.of !== of || each.id !== id) continue;
      const { quota, limit, rule } = each;
      views.push({
        quota,
        unit: unitOf(quota),
        of,
        holder: id,
        used: each.used,
        limit: limit ?? null,
        rule,
      });
    }
    for (const { quota, limit, ...usage } of await surface.parts.quotas.configuredOf({ of, id }))
      views.push({
        quota,
        unit: CONFIGURED_QUOTAS[quota].unit,
        of,
        holder: id,
        limit: limit ?? null,
        ...usage,
      });
  }
  return views.filter(({ quota, holder }) => holder !== SELF_REGISTERED || GROUP_QUOTAS.has(quota));
}

async function holdersOf({ parts }: TasksSurface, tenantId: string | undefined): Promise<Held[]> {
  const found = new Map<string, Held>();
  if (tenantId !== undefined) found.set('', { of: 'tenant', id: tenantId, tenantId });
  const where = tenantId === undefined ? {} : { where: { index: 'tenant', value: tenantId } };
  for await (const page of parts.readModels.list(users.name, where)) {
    for (const { userId, tenantId: of } of page.map(readStored<UserDocument>)) {
      if (tenantId === undefined) found.set(of, { of: 'tenant', id: of, tenantId: of });
      else found.set(userId, { of: 'account', id: userId, tenantId });
    }
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, holder]) => holder);
}
