/** How much is kept of allocations that have ended and that the server no longer wants. */
export interface Retention {
  readonly count: number;
  readonly seconds: number;
  /** Bytes that their folders take on the disk, logs above all. */
  readonly bytes: number;
}

export const DEFAULT_RETENTION: Retention = { count: 200, seconds: 86_400, bytes: 2_147_483_648 };

/** An ended allocation's folder, as far as it decides what is kept. */
export interface Remains {
  readonly allocationId: string;
  /** Unix seconds. */
  readonly endTime: number;
  readonly bytes: number;
}

/** Those that go however large they are: the oldest beyond the count and the age. */
export function tooManyOrOld(ended: readonly Omit<Remains, 'bytes'>[], { count, seconds }: Retention, nowSeconds: number): string[] {
  return [...ended]
    .sort((left, right) => right.endTime - left.endTime)
    .filter((each, index) => index >= count || nowSeconds - each.endTime > seconds)
    .map((each) => each.allocationId);
}

/** Which of the ended allocations go: the oldest beyond the count and the age; of the rest the largest, until the rest fits. */
export function beyondRetention(ended: readonly Remains[], retention: Retention, nowSeconds: number): string[] {
  const going = new Set(tooManyOrOld(ended, retention, nowSeconds));
  const staying = ended.filter((each) => !going.has(each.allocationId));
  let bytes = staying.reduce((sum, each) => sum + each.bytes, 0);
  for (const each of staying.sort((left, right) => right.bytes - left.bytes || left.endTime - right.endTime)) {
    if (bytes <= retention.bytes) break;
    bytes -= each.bytes;
    going.add(each.allocationId);
  }
  return [...going];
}
