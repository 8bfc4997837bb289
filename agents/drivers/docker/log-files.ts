import path from 'node:path';
import type { LogStream } from '#domain/ports/agent-channel.js';

/** The files of a container's log, in the folder where a process has its own. */
export function logFilesOf(folder: string): Record<LogStream | 'order' | 'progress', string> {
  return {
    stdout: path.join(folder, 'stdout'),
    stderr: path.join(folder, 'stderr'),
    order: path.join(folder, 'order'),
    progress: path.join(folder, 'progress'),
  };
}
