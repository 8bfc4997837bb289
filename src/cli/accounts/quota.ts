import type { Command } from 'commander';
import {
  CONFIGURED_QUOTAS,
  isConfiguredQuota,
  quotaAmount,
  QUOTAS,
  type QuotaName,
} from '#domain/accounts/quota/index.js';
import { bodyOf, everyPage, type Tasks } from '../shared/client.js';
import { Failure } from '../shared/failure.js';
import { connectList, printList, remoteList, type ListOptions, type ListView } from '../shared/list.js';
import { connect, remote, type RemoteOptions } from '../shared/options.js';
import { printJson, printLines } from '../shared/output.js';
import { idColumn } from '../shared/table.js';

type Quota = Tasks['QuotaUsage'];

const QUOTA_LIST: ListView<Quota> = {
  headings: ['OF', idColumn('ID'), 'QUOTA', 'USED', 'LIMIT', 'RULE', 'UNIT'],
  row: ({ of, holder, quota, used, limit, rule, unit }) => [
    of,
    holder,
    quota,
    quotaAmount(unit, used),
    limit === null ? '-' : quotaAmount(unit, limit),
    rule,
    unit,
  ],
  name: ({ quota }) => quota,
};

export function addQuotaCommands(program: Command): void {
  const quota = program.command('quota').description('manage quotas of tenants and accounts (log in first)');
  remoteList(quota.command('show'), QUOTA_LIST)
    .description('show the quotas of your tenant and your account')
    .action(show);
  remoteList(quota.command('list'), QUOTA_LIST)
    .description('list the quotas of all tenants (administrators)')
    .option('--tenant <id>', 'only this tenant, and each of its accounts')
    .action(list);
  remote(quota.command('set <tenant> <quota> <limit>'))
    .description('set a limit: a number, a share of the cluster such as 50%, or "unlimited" (administrators)')
    .option('--account <id>', 'only for this account of the tenant')
    .action(set);
  remote(quota.command('reset <tenant> <quota>'))
    .description('reset a limit to its configured default (administrators)')
    .option('--account <id>', 'only for this account of the tenant')
    .action(
      async (tenant: string, name: string, options: OfAccount) => await set(tenant, name, null, options),
    );
}

interface OfAccount extends RemoteOptions {
  readonly account?: string;
}

async function show(options: ListOptions): Promise<void> {
  const api = connectList(options);
  const { data } = await bodyOf(api.GET('/api/quotas'));
  await printList(QUOTA_LIST, options, data, (shown) => shown);
}

async function list({ tenant, ...options }: ListOptions & { readonly tenant?: string }): Promise<void> {
  const api = connectList(options);
  const of = tenant === undefined ? {} : { tenant_id: tenant };
  const quotas = await everyPage(
    async (page) => await bodyOf(api.GET('/api/quotas/tenants', { params: { query: { ...of, ...page } } })),
  );
  await printList(QUOTA_LIST, options, quotas, (shown) => shown);
}

async function set(
  tenant: string,
  name: string,
  limit: string | null,
  { account, ...options }: OfAccount,
): Promise<void> {
  if (isConfiguredQuota(name))
    throw new Failure(`quota ${name} is set by ${CONFIGURED_QUOTAS[name].setting} on the servers`);
  if (!isName(name))
    throw new Failure(`unknown quota ${name}: must be one of ${Object.keys(QUOTAS).join(', ')}`);
  const { api, format } = connect(options);
  const body = { limit, ...(account !== undefined && { account_id: account }) };
  const { data } = await bodyOf(
    api.PUT('/api/quotas/tenants/{tenant_id}/{quota}', {
      params: { path: { tenant_id: tenant, quota: name } },
      body,
    }),
  );
  if (format === 'json') printJson(data);
  else printLines([`quota ${data.quota} of ${data.of} ${data.holder}: ${data.rule}`]);
}

function isName(name: string): name is QuotaName {
  return Object.hasOwn(QUOTAS, name);
}
