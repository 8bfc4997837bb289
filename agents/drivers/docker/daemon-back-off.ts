import { BackOff } from '../../back-off.js';

/** Between two questions to a daemon that is away or starts anew. It has one agent to answer, so nothing is spread. */
export function daemonBackOff(): BackOff {
  return new BackOff(100, 5000, () => 1);
}
