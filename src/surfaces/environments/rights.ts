import type { Policy } from '#src/surfaces/kit/index.js';
import { CONDA_SURFACE } from './surface.js';

const scope = CONDA_SURFACE;

/** An account by session cookie only: routes outside `/api/conda`, and those shared with tasks. */
export const bySession = { access: { who: 'account', scope, accepts: ['cookie'] } } as const satisfies {
  access: Policy;
};
export const administratorBySession = {
  access: { who: 'admin', scope, accepts: ['cookie'] },
} as const satisfies { access: Policy };
/** An account by cookie, token or API key: routes below `/api/conda`. */
export const byAccount = {
  access: { who: 'account', scope, accepts: ['bearer', 'cookie'] },
} as const satisfies { access: Policy };
