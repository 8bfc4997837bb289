import { BackOff } from '../../back-off.js';

/** Delays between requests to a daemon that is unavailable. It has a single client, so there is no jitter. */
export function daemonBackOff(): BackOff {
  return new BackOff(100, 5000, () => 1);
}
