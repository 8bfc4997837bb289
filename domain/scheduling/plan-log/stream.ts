import { SCHEDULER_STREAM, type StreamKind } from '../../kernel/event/index.js';
import { planEvents } from './events.js';

/** The scheduler appends to it directly. It has no commands. */
export const planLog = {
  category: SCHEDULER_STREAM,
  owner: 'fleet',
  events: planEvents,
} as const satisfies StreamKind;
