import type { LogSource } from './log-source.js';

export interface LogEnd {
  readonly bytes: Buffer;
  readonly cut: boolean;
}

export async function endOf(log: LogSource, most: number): Promise<LogEnd> {
  const { gaps, end } = log.extent();
  const from = Math.max(gaps.at(-1)?.to ?? 0, end - most);
  const parts: Buffer[] = [];
  for (let position = from; position < end;) {
    const part = await log.read(position, end - position);
    if (part.bytes.length === 0) break;
    parts.push(part.bytes);
    position = part.position + part.bytes.length;
  }
  return { bytes: Buffer.concat(parts), cut: from > 0 };
}

/** Decodes UTF-8. If `cut` is true, a partial character at the start is dropped. */
export function textOfEnd(bytes: Buffer, cut: boolean): string {
  let from = 0;
  while (cut && from < 3 && ((bytes[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return bytes.subarray(from).toString('utf8');
}
