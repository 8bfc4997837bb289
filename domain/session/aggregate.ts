import { aggregate } from '../event/index.js';
import { sessionDecider } from './decider.js';
import { sessionEvents } from './events.js';

/** Sessions end with the cluster's data no more than accounts do. */
export const sessions = aggregate({ category: 'session', owner: 'accounts', events: sessionEvents, decider: sessionDecider, outlivesClear: true });
