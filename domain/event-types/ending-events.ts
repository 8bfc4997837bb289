import { EVENT_CATALOG } from '../all-events.js';
export const ENDING_EVENTS: ReadonlySet<string> = new Set(Object.entries(EVENT_CATALOG.events).filter(([, { ending }]) => ending).map(([type]) => type));
