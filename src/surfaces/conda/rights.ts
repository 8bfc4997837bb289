import type { Policy } from '#src/surfaces/kit/index.js';
import { CONDA_SURFACE } from './surface.js';

const scope = CONDA_SURFACE;

/** An account by its session's cookie alone: what the contract has outside of `/api/conda`, and what it shares with tasks. */
export const bySession = { access: { who: 'account', scope, accepts: ['cookie'] } } as const satisfies { access: Policy };
/** An administrator, likewise. */
export const administratorBySession = { access: { who: 'admin', scope, accepts: ['cookie'] } } as const satisfies { access: Policy };
/** An account by its session's cookie, or by a token or an API key: what is below `/api/conda`. */
export const byAccount = { access: { who: 'account', scope, accepts: ['bearer', 'cookie'] } } as const satisfies { access: Policy };
