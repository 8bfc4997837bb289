import { readFileSync } from 'node:fs';

/** One system call of a process under `strace -f -y`: where it begins and where it has ended among all lines. */
export interface TracedCall {
  readonly text: string;
  readonly begin: number;
  readonly end: number;
}

/** Words that start a program under strace; what is written goes into the file. */
export function underStrace(file: string): string[] {
  return ['strace', '-f', '-y', '-qq', '-s', '4096', '-o', file, '-e', 'trace=openat,write,pwrite64,writev,fsync,fdatasync,rename,unlink,kill,execve'];
}

/** All calls in the order in which they ended; one that another thread interrupted is put together again. */
export function readTrace(file: string): TracedCall[] {
  const begun = new Map<string, { text: string; begin: number }>();
  const calls: TracedCall[] = [];
  for (const [line, whole] of readFileSync(file, 'utf8').split('\n').entries()) {
    const [, pid = '', padded = ''] = /^(\d+) +(.*)$/.exec(whole) ?? [];
    const text = padded.replace(/\) +(= \S+( \w+ \(.*\))?)$/, ') $1');
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
    if (text.endsWith('<unfinished ...>')) begun.set(pid, { text: text.slice(0, -'<unfinished ...>'.length).trimEnd(), begin: line });
    else if (resumed !== null) {
      const before = begun.get(pid);
      if (before !== undefined) calls.push({ text: before.text + (resumed[1] ?? ''), begin: before.begin, end: line });
      begun.delete(pid);
    } else if (text !== '') calls.push({ text, begin: line, end: line });
  }
  return calls;
}
