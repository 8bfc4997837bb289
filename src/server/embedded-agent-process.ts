import { runAgentProcess } from './run-agent.js';
import { readSettings } from './settings/settings.js';

/** The local agent of a server as its own process. It ends when the server closes its standard input. */
process.exitCode = await runAgentProcess(readSettings(process.env), { exitWithParent: true });
