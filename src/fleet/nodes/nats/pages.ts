import { MusterError } from '#domain/kernel/errors/index.js';
import type { DesiredAllocations, DesiredPage, TextBlobPage } from '#domain/protocol/index.js';

/**
 * Returns the page of a list of allocations after the id `after`: as many orders as fit into `bytes`, but at least one. The last page also has the ids
 * of the allocations without an order.
 */
export function desiredPageOf(
  { kept = [], ...list }: DesiredAllocations,
  after: string | undefined,
  bytes: number,
): DesiredPage {
  const rest = list.allocations
    .filter((order) => after === undefined || order.allocation_id > after)
    .sort((left, right) => (left.allocation_id < right.allocation_id ? -1 : 1));
  let size = sizeOf(kept);
  let count = 0;
  for (const order of rest) {
    size += sizeOf(order) + 1;
    if (size > bytes && count > 0) break;
    count += 1;
  }
  const more = count < rest.length;
  return { ...list, allocations: rest.slice(0, count), more, ...(!more && kept.length > 0 && { kept }) };
}

/** Returns the page of a text after its first `after` bytes in UTF-8: as many characters as fit into `bytes` as JSON, but at least one. */
export function documentPageOf(
  text: string,
  after: number,
  bytes: number,
): Pick<TextBlobPage, 'text' | 'more'> {
  const whole = Buffer.from(text);
  if (after > whole.length || isWithin(whole[after]))
    throw new MusterError('MUSTER_E_INVALID', {
      field: 'after',
      problem: 'must be the number of bytes in the pages received so far',
    });
  const rest = whole.toString('utf8', after);
  let end = rest.length;
  for (let size = sizeOf(rest); size > bytes && end > 1; size = sizeOf(rest.slice(0, end)))
    end = Math.max(1, Math.floor((end * bytes) / size));
  if (end < rest.length && isFirstHalf(rest.charCodeAt(end - 1))) end += end > 1 ? -1 : 1;
  return { text: rest.slice(0, end), more: end < rest.length };
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

function isWithin(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
