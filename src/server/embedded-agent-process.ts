import { runAgentProcess } from './run-agent.js';
import { readSettings } from './settings/settings.js';

/** The local agent of a server, as a process of its own: it ends when the server's end of its standard input does. */
process.exitCode = await runAgentProcess(readSettings(process.env), { exitWithParent: true });
