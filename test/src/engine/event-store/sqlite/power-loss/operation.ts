/** A file operation of a process, as recorded by `trace.c`. */
export interface Operation {
  readonly kind: 'write' | 'truncate' | 'sync' | 'unlink';
  readonly file: string;
  /** Offset of a write, or new size of a truncation, in bytes. */
  readonly offset: number;
  readonly bytes: Buffer;
}

const KINDS: Readonly<Record<string, Operation['kind']>> = {
  W: 'write',
  T: 'truncate',
  S: 'sync',
  U: 'unlink',
};

export function readTrace(trace: Buffer): Operation[] {
  const operations: Operation[] = [];
  for (let at = 0; at < trace.length;) {
    const kind = KINDS[String.fromCharCode(trace.readUInt8(at))];
    const name = trace.readUInt8(at + 1);
    const head = at + 2 + name;
    const length = trace.readUInt32LE(head + 8);
    if (kind === undefined) throw new Error(`no operation at ${String(at)}`);
    operations.push({
      kind,
      file: trace.toString('utf8', at + 2, head),
      offset: Number(trace.readBigInt64LE(head)),
      bytes: trace.subarray(head + 12, head + 12 + length),
    });
    at = head + 12 + length;
  }
  return operations;
}
