import { aggregate, plainState } from '../event/index.js';
import { volumeDecider, type VolumeState } from './decider.js';
import { volumeEvents } from './events.js';

/** Named volumes of containers, as far as somebody asks something of them. */
export const volumes = aggregate({
  category: 'volume',
  owner: 'fleet',
  events: volumeEvents,
  decider: volumeDecider,
  state: plainState<VolumeState>(1),
});
