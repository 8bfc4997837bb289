import { readFileSync } from 'node:fs';

/** A system call in the output of `strace -f -y`, with its first and last line. */
export interface TracedCall {
  readonly text: string;
  readonly begin: number;
  readonly end: number;
}

/** Returns the command prefix that traces a program into the file. */
export function underStrace(file: string): string[] {
  return [
    'strace',
    '-f',
    '-y',
    '-qq',
    '-s',
    '4096',
    '-o',
    file,
    '-e',
    'trace=openat,write,pwrite64,writev,fsync,fdatasync,rename,unlink,kill,execve',
  ];
}

/** Returns all calls in order of their ends, with interrupted ones joined. */
export function readTrace(file: string): TracedCall[] {
  const begun = new Map<string, { text: string; begin: number }>();
  const calls: TracedCall[] = [];
  for (const [line, whole] of readFileSync(file, 'utf8').split('\n').entries()) {
    const [, pid = '', padded = ''] = /^(\d+) +(.*)$/.exec(whole) ?? [];
    const text = padded.replace(/\) +(= \S+( \w+ \(.*\))?)$/, ') $1');
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text);
    if (text.endsWith('<unfinished ...>'))
      begun.set(pid, { text: text.slice(0, -'<unfinished ...>'.length).trimEnd(), begin: line });
    else if (resumed !== null) {
      const before = begun.get(pid);
      if (before !== undefined)
        calls.push({ text: before.text + (resumed[1] ?? ''), begin: before.begin, end: line });
      begun.delete(pid);
    } else if (text !== '') calls.push({ text, begin: line, end: line });
  }
  return calls;
}
