import { aggregate, plainState } from '../event/index.js';
import { volumeDecider, type VolumeState } from './decider.js';
import { volumeErrors } from './errors.js';
import { volumeEvents } from './events.js';

/** Named volumes of containers, as far as somebody asks something of them. */
export const volumes = aggregate({
  category: 'volume',
  owner: 'fleet',
  events: volumeEvents,
  errors: volumeErrors,
  decider: volumeDecider,
  state: plainState<VolumeState>(2),
});
