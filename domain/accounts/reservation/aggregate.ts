import { aggregate } from '../../kernel/event/index.js';
import { reservationDecider, type NameSpace } from './decider.js';
import { reservationEvents } from './events.js';

const ofNames = {
  owner: 'accounts',
  events: reservationEvents,
  decider: reservationDecider,
  outlivesClear: true,
};

export const reservations = {
  username: aggregate({ ...ofNames, category: 'username' }),
  email: aggregate({ ...ofNames, category: 'email' }),
} as const satisfies Readonly<Record<NameSpace, unknown>>;
