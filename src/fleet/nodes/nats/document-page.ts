import { MusterError } from '#domain/kernel/errors/index.js';
import type { TextBlobPage } from '#domain/protocol/index.js';

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

function sizeOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

function isWithin(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
