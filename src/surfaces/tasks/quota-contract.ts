import { z } from 'zod';
import { ANY_QUOTA_NAMES, HOLDER_KINDS } from '#domain/accounts/quota/index.js';
import { paging } from './envelope.js';

const tenantId = z.string().min(1).max(100).meta({ description: 'Id of the tenant' });
const quota = z.enum(ANY_QUOTA_NAMES).meta({
  title: 'QuotaName',
  description:
    'The counted resource. The limits of `gpus`, `services` and `environment_bytes` are settings of the servers',
  examples: ['slots'],
});

export const quotaView = z
  .object({
    quota,
    unit: z.string().meta({ description: 'Unit of `used` and `limit`', examples: ['slots'] }),
    of: z
      .enum(HOLDER_KINDS)
      .meta({ description: 'Whether the quota applies to the whole tenant or to one account' }),
    holder: z.string().meta({ description: 'Id of the tenant or account' }),
    used: z.number().meta({ description: 'Current usage', examples: [7] }),
    limit: z
      .number()
      .nullable()
      .meta({ description: 'Current limit; null for unlimited', examples: [7] }),
    rule: z.string().meta({
      description: 'The configured limit: a number, a share of the cluster, or `unlimited`',
      examples: ['75%'],
    }),
  })
  .meta({ id: 'QuotaUsage', description: 'Usage of a quota' });

export const quotaQuery = z.strictObject({
  ...paging,
  tenant_id: z.string().max(100).optional().meta({ description: 'Only this tenant and its accounts' }),
});

export const quotaParams = z.object({ tenant_id: tenantId, quota });
export const quotaBody = z
  .strictObject({
    limit: z
      .string()
      .max(20)
      .nullable()
      .meta({
        description:
          'A number, a share such as `75%`, or `unlimited`; null for the default from the settings',
        examples: ['50%'],
      }),
    account_id: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'An account of the tenant. Default: the tenant itself' }),
  })
  .meta({ id: 'QuotaRequest', description: 'A limit', examples: [{ limit: '50%' }] });
export const quotaRule = z
  .object({ quota, of: z.enum(HOLDER_KINDS), holder: z.string(), rule: z.string() })
  .meta({ id: 'QuotaRule', description: 'The limit in effect' });
