import { z } from 'zod';
import { HOLDER_KINDS, QUOTA_NAMES } from '#domain/quota/index.js';
import { paging } from './envelope.js';

const tenantId = z.string().min(1).max(100).meta({ description: 'Id of the tenant' });
const quota = z.enum(QUOTA_NAMES).meta({ title: 'QuotaName', description: 'What is counted', examples: ['slots'] });

export const quotaView = z
  .object({
    quota,
    unit: z.string().meta({ description: 'What `used` and `limit` count', examples: ['slots'] }),
    of: z.enum(HOLDER_KINDS).meta({ description: 'Whether all of the tenant count together, or one account alone' }),
    holder: z.string().meta({ description: 'Id of the tenant, or of the account' }),
    used: z.number().meta({ description: 'How much is used now', examples: [7] }),
    limit: z
      .number()
      .nullable()
      .meta({ description: 'How much may be used now; null: as much as there is', examples: [7] }),
    rule: z.string().meta({ description: 'The limit as it was set: a number, a share of the cluster, or `unlimited`', examples: ['75%'] }),
  })
  .meta({ id: 'Quota', description: 'How much of one quota is used' });

export const quotaQuery = z.strictObject({
  ...paging,
  tenant_id: z.string().max(100).optional().meta({ description: 'Only those of this tenant and its accounts' }),
});

export const quotaParams = z.object({ tenant_id: tenantId, quota });
export const quotaBody = z
  .strictObject({
    limit: z
      .string()
      .max(20)
      .nullable()
      .meta({ description: 'A number, a share such as `75%`, or `unlimited`; null: as the settings have it', examples: ['50%'] }),
    account_id: z.string().min(1).max(100).optional().meta({ description: 'Of one account of the tenant; absent: of the tenant' }),
  })
  .meta({ id: 'QuotaRequest', description: 'A limit', examples: [{ limit: '50%' }] });
export const quotaRule = z
  .object({ quota, of: z.enum(HOLDER_KINDS), holder: z.string(), rule: z.string() })
  .meta({ id: 'QuotaRule', description: 'The limit that holds now' });
