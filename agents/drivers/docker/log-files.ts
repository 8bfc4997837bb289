import path from 'node:path';
import type { LogStream } from '#domain/protocol/agent-channel.js';

export function logFilesOf(folder: string): Record<LogStream | 'progress', string> {
  return {
    stdout: path.join(folder, 'stdout'),
    stderr: path.join(folder, 'stderr'),
    progress: path.join(folder, 'progress'),
  };
}
