export { eventMessages, type EventsSought } from './event-messages.js';
export { concernsJob, streamsOfJob } from './job-history.js';
export { mentionedEvents } from './mentioned-events.js';
export { concernsRun } from './run-events.js';
