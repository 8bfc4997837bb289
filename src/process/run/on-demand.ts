import type { EventStoreListen } from '../event-log/listen-settings.js';
import type { Settings } from '../settings/settings.js';

/**
 * `muster server`: runs until it is stopped and returns the exit status. The functions in this file load their modules on demand, so that all
 * other commands start quickly.
 */
export async function runServer(settings: Settings): Promise<number> {
  const { runServer: run } = await import('./run-server.js');
  return await run(settings);
}

/** `muster agent`: runs until it is stopped and returns the exit status. */
export async function runAgent(settings: Settings): Promise<number> {
  const { runAgentProcess } = await import('../agent/run-agent.js');
  return await runAgentProcess(settings, { exitWithParent: false });
}

/** `muster eventstore`: runs until it is stopped and returns the exit status. */
export async function runEventStore(settings: Settings, listen: EventStoreListen): Promise<number> {
  const { runEventStore: run } = await import('./run-event-store.js');
  return await run(settings, listen);
}

export async function generateDocuments(): Promise<Readonly<Record<string, string>>> {
  const [{ generateOpenapi }, { generateAsyncapi }, { FOLDS }] = await Promise.all([
    import('../openapi/generate.js'),
    import('../asyncapi/generate.js'),
    import('../read-side/folds.js'),
  ]);
  return { ...(await generateOpenapi()), 'asyncapi.json': generateAsyncapi(FOLDS.catalog) };
}
