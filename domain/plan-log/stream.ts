import { SCHEDULER_STREAM, type StreamKind } from '../event/index.js';
import { planEvents } from './events.js';

/** The plan log. The scheduler plans it; no command is decided on it. */
export const planLog = { category: SCHEDULER_STREAM, owner: 'fleet', events: planEvents } as const satisfies StreamKind;
