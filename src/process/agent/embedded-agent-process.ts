import { runAgentProcess } from './run-agent.js';
import { readSettings } from '../settings/settings.js';

process.exitCode = await runAgentProcess(readSettings(process.env), { exitWithParent: true });
