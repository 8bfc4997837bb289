import path from 'node:path';
import { textOf } from './platform/files/file-text.js';

/** Container init programs that exit when their only child exits. */
const ONE_CHILD_INITS = new Set([
  'tini',
  'docker-init',
  'dumb-init',
  'catatonit',
  'pid1',
  'my_init',
  'init-wrapper',
]);
const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'busybox']);

/**
 * Explains why child processes end with this process. Returns undefined if they outlive it. When the first process of a pid namespace (such as a
 * container) ends, the kernel kills all others in it. So they end if this process is the first one, or if the first one ends with this process.
 */
export function whyTasksEndWith(pid: number, proc = '/proc'): string | undefined {
  for (let at = pid; ;) {
    if (at === 1)
      return pid === 1
        ? 'it is the first process of its container'
        : `the first process of its container (${nameOf(1, proc)}) ends with it`;
    const parent = parentOf(at, proc);
    if (parent === undefined || parent === 0 || !endsWithChild(parent, proc)) return undefined;
    at = parent;
  }
}

function endsWithChild(pid: number, proc: string): boolean {
  const [program = '', ...words] = (textOf(path.join(proc, String(pid), 'cmdline')) ?? '').split('\0');
  const name = path.basename(program);
  if (ONE_CHILD_INITS.has(name) || ONE_CHILD_INITS.has(nameOf(pid, proc))) return true;
  // A shell that receives its commands as an argument (`-c`) ends after the last command. An interactive shell does not.
  return SHELLS.has(name.replace(/^-/, '')) && words.some((word) => /^-[a-z]*c$/.test(word));
}

function nameOf(pid: number, proc: string): string {
  return (textOf(path.join(proc, String(pid), 'comm')) ?? '').trim();
}

function parentOf(pid: number, proc: string): number | undefined {
  const text = textOf(path.join(proc, String(pid), 'stat'));
  const parent = text?.slice(text.lastIndexOf(')') + 2).split(' ')[1];
  return parent === undefined ? undefined : Number(parent);
}
