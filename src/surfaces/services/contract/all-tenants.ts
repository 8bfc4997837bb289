import { flag } from '#src/http/index.js';

export const allTenantsFlag = flag.meta({
  description: 'Extension. Of all tenants, for administrators and auditors. 403 for everyone else',
});
