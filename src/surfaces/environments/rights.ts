import type { Policy } from '#src/http/index.js';
import { CONDA_SURFACE } from './surface.js';

const scope = CONDA_SURFACE;

export const endOfSession = {
  access: { who: 'account', scope, accepts: ['cookie'], auditors: true },
} as const satisfies { access: Policy };
export const bySession = { access: { who: 'account', scope, accepts: ['cookie'] } } as const satisfies {
  access: Policy;
};
export const administratorBySession = {
  access: { who: 'admin', scope, accepts: ['cookie'] },
} as const satisfies { access: Policy };
export const byAccount = {
  access: { who: 'account', scope, accepts: ['bearer', 'cookie'] },
} as const satisfies { access: Policy };
