import { BackOff } from '../../platform/back-off.js';

export function daemonBackOff(): BackOff {
  return new BackOff(100, 5000, () => 1);
}
