import { runAgent } from '#agents/main.js';
import { agentOptions, type TestOptions } from './agent.js';

/** An agent in its own process, which takes its options as an argument and writes its address to stdout. */
const abort = new AbortController();
process.on('SIGTERM', () => abort.abort());
const agent = await runAgent(agentOptions(JSON.parse(process.argv[2] ?? '{}') as TestOptions), abort.signal);
process.stdout.write(JSON.stringify({ url: agent.url, nodeId: agent.nodeId }));
await agent.finished;
