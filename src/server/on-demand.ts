import type { EventStoreListen } from './settings/listen.js';
import type { Settings } from './settings/settings.js';

/** `muster server`: runs until it is told to stop; answers with the exit status. Loaded only now, as all of these: every other command would start later for them. */
export async function runServer(settings: Settings): Promise<number> {
  const { runServer: run } = await import('./run-server.js');
  return await run(settings);
}

/** `muster agent`: likewise. */
export async function runAgent(settings: Settings): Promise<number> {
  const { runAgentProcess } = await import('./run-agent.js');
  return await runAgentProcess(settings, { exitWithParent: false });
}

/** `muster eventstore`: likewise. */
export async function runEventStore(settings: Settings, listen: EventStoreListen): Promise<number> {
  const { runEventStore: run } = await import('./run-event-store.js');
  return await run(settings, listen);
}

/** The OpenAPI documents of every surface and of the agent, and the AsyncAPI document, by file name. */
export async function generateDocuments(): Promise<Readonly<Record<string, string>>> {
  const [{ generateOpenapi }, { generateAsyncapi }] = await Promise.all([import('./openapi/generate.js'), import('./asyncapi/generate.js')]);
  return { ...(await generateOpenapi()), 'asyncapi.json': generateAsyncapi() };
}
