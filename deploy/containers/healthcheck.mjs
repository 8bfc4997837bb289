// The health check of the image: exits with 0 where the program of this container is ready, else with 1.
// The first process of the container says which program it is: `muster server`, `muster agent` or `muster eventstore`.
// Usage: node healthcheck.mjs [FILE]   FILE: the command line of the program, by default that of process 1
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

const TIMEOUT_MS = 4000;
const { env } = process;

const commandLine = readFileSync(process.argv[2] ?? '/proc/1/cmdline', 'utf8').replaceAll('\0', ' ');
const role = /\b(agent|eventstore)\b/.exec(commandLine.replace(/\S*\//g, ''))?.[1] ?? 'server';

/** A listener on all addresses, or on none that is set, is reached on loopback. */
const reachable = (host) => (host === undefined || host === '' || host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host);

async function isReady(host, port) {
  const address = reachable(host);
  const response = await fetch(`http://${address.includes(':') ? `[${address}]` : address}:${port}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`it is not ready: ${response.status} ${await response.text()}`);
}

/** The event store speaks gRPC, so a connection has to do. */
async function accepts(host, port) {
  const socket = connect({ host: reachable(host), port });
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject).setTimeout(TIMEOUT_MS, () => reject(new Error('no connection'))));
  socket.destroy();
}

try {
  if (role === 'server') await isReady(env.MUSTER_HOST, env.MUSTER_PORT || '8080');
  else if (role === 'agent') {
    // On port 0, the default, nothing but the agent itself knows where it listens.
    if ((env.MUSTER_AGENT_PORT || '0') === '0') throw new Error('set MUSTER_AGENT_PORT: the agent listens on any free port');
    await isReady(env.MUSTER_AGENT_HOST, env.MUSTER_AGENT_PORT);
  } else {
    const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(env.MUSTER_EVENTSTORE_LISTEN || '127.0.0.1:2113') ?? [];
    await accepts(host, port);
  }
} catch (error) {
  console.error(`muster ${role}: ${error.cause?.message ?? error.message}`);
  process.exitCode = 1;
}
