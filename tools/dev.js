// Compiles each change and restarts the server with it, until Ctrl-C.
import { spawn, spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';

const ROOT = dirname(import.meta.dirname);
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const OPTIONS = { cwd: ROOT, stdio: 'inherit' };

// The server needs a complete dist/ to start from.
for (const command of [['tools/client-types.js'], [TSC, '-b']]) {
  const { status } = spawnSync(process.execPath, command, OPTIONS);
  if (status !== 0) process.exit(status ?? 1);
}

const watched = ['domain', 'projections', 'agents', 'src'].map((folder) => `--watch-path=dist/${folder}`);
const running = [
  spawn(process.execPath, [TSC, '-b', '--watch', '--preserveWatchOutput'], OPTIONS),
  spawn(process.execPath, ['--watch', ...watched, 'dist/src/cli/main.js', 'server'], OPTIONS),
];
const stop = (signal) => {
  for (const child of running) child.kill(signal);
};
// A terminal sends Ctrl-C to all three processes. This one waits for the other two.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => stop('SIGTERM'));
for (const child of running) child.on('exit', () => stop('SIGTERM'));
