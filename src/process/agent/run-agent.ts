import { deadline, systemClock } from '#agents/platform/clock/system-clock.js';
import { isLoopback } from '#agents/platform/loopback.js';
import { DataDirHeldError, EXIT_DATA_DIR_HELD, runAgent } from '#agents/main.js';
import { becomeNotDumpable } from '#agents/platform/not-dumpable.js';
import { plural } from '#domain/kernel/plural.js';
import { EXIT_BAD_SETTINGS, type Settings } from '../settings/settings.js';
import { ownParts } from './address.js';
import { openDataDirectory, OWN_UMASK } from '../data-directory/data-directory.js';
import { createLog, type Log } from '../output/log.js';
import { processIds, processRandom } from '../host/process-ids.js';
import { stopOnSignals } from '../host/signals.js';
import { logUncaught } from '../host/uncaught.js';

export interface RunAgentOptions {
  readonly exitWithParent: boolean;
}

/** `muster agent`: runs until it is stopped and returns the exit status. */
export async function runAgentProcess(
  settings: Settings,
  { exitWithParent }: RunAgentOptions,
): Promise<number> {
  const log = createLog(settings, 'agent');
  logUncaught(log);
  if (settings.serverUrl === undefined && settings.natsUrl === undefined) {
    process.stderr.write(
      'MUSTER_SERVER_URL: is required (the URL of the server to join), or MUSTER_NATS_URL to join over NATS\n',
    );
    return EXIT_BAD_SETTINGS;
  }
  if (settings.nodeHostname !== undefined && settings.serverUrl === undefined) {
    process.stderr.write(
      'MUSTER_NODE_HOSTNAME: requires MUSTER_SERVER_URL, because the server assigns the id\n',
    );
    return EXIT_BAD_SETTINGS;
  }
  if (!isLoopback(settings.agentHost) && settings.joinToken === undefined) {
    process.stderr.write(
      `MUSTER_AGENT_HOST: ${settings.agentHost} is not loopback, which requires MUSTER_JOIN_TOKEN\n`,
    );
    return EXIT_BAD_SETTINGS;
  }
  // Keeps other processes of the agent's user from reading its memory and its initial environment, which cannot be cleared.
  becomeNotDumpable();
  delete process.env.MUSTER_JOIN_TOKEN;
  process.umask(OWN_UMASK);
  openDataDirectory(settings.dataDir, { passable: true });
  const stop = stopOnSignals(systemClock);
  const signal = exitWithParent ? AbortSignal.any([stop, parentGone()]) : stop;
  try {
    const agent = await runAgent(
      {
        ...settings.agent,
        dataDir: settings.dataDir,
        serverUrl: settings.serverUrl,
        natsUrl: settings.natsUrl,
        natsOpen: settings.natsOpen,
        serverUsers: settings.serverUsers,
        host: settings.agentHost,
        port: settings.agentPort,
        advertisedUrl: settings.agentUrl,
        publishHost: settings.publishHost,
        allowedHosts: settings.allowedHosts,
        localAccess: settings.localAccess,
        heartbeatSeconds: settings.heartbeatSeconds,
        requestTimeoutMs: settings.agentRequestTimeoutSeconds * 1000,
        ...(settings.joinTokenFile === undefined
          ? { joinToken: settings.joinToken }
          : { joinTokenFile: settings.joinTokenFile }),
        nodeId: settings.nodeId,
        hostname: settings.nodeHostname,
        resources: settings.agentResources,
        attributes: settings.agentAttributes,
        endsWith: exitWithParent ? process.ppid : process.pid,
        ownParts: ownParts(settings),
        log,
        clock: systemClock,
        ids: processIds,
        random: processRandom,
      },
      signal,
    );
    const { running, interrupted } = await agent.finished;
    if (!exitWithParent)
      process.stderr.write(
        `The agent has stopped${interrupted === 0 ? '' : ` and interrupted ${plural(interrupted, 'allocation')}, which would have ended with it`}; ${plural(running, 'allocation')} kept running and will be picked up by the next agent that uses this data directory.\n`,
      );
    endWithout(log);
    return 0;
  } catch (error) {
    // The agent was stopped before a server assigned its id.
    if (signal.aborted && error === signal.reason) return 0;
    const held = error instanceof DataDirHeldError;
    const message = error instanceof Error ? error.message : String(error);
    log.fatal({
      code: held ? 'data-directory-owned' : 'start-failed',
      problem: message,
      ...(!held && { err: error }),
    });
    process.stderr.write(`muster agent: ${message}\n`);
    return held ? EXIT_DATA_DIR_HELD : 1;
  }
}

/** Time that the process has to exit on its own, in milliseconds. */
const LINGER_MS = 500;

/** Ends the process even if something keeps it alive, such as a pending DNS lookup or a program that cannot be killed. */
function endWithout(log: Log): void {
  deadline(LINGER_MS).addEventListener('abort', () => {
    log.warn({ code: 'agent-held-open', by: process.getActiveResourcesInfo() });
    process.exit(0);
  });
}

function parentGone(): AbortSignal {
  const gone = new AbortController();
  process.stdin.on('end', () => gone.abort());
  process.stdin.on('error', () => gone.abort());
  process.stdin.resume();
  // Waiting for the parent must not keep the process alive; the agent's own work does.
  if ('unref' in process.stdin) process.stdin.unref();
  return gone.signal;
}
