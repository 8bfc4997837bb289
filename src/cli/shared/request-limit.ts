import pLimit, { type LimitFunction } from 'p-limit';

const MAX_CONCURRENCY = 8;

/** Limits a command's concurrent requests, which can take three seconds each. `map` keeps the order. */
export function requestLimit(): LimitFunction {
  return pLimit(MAX_CONCURRENCY);
}
