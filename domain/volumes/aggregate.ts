import { aggregate, plainState } from '../kernel/event/index.js';
import { volumeDecider, type VolumeState } from './decider.js';
import { volumeErrors } from './errors.js';
import { volumeEvents } from './events.js';

export const volumes = aggregate({
  category: 'volume',
  owner: 'fleet',
  events: volumeEvents,
  errors: volumeErrors,
  decider: volumeDecider,
  state: plainState<VolumeState>(4),
});
