/** Installs the generators into `test/clients/build`, each unless it is there, and says which it could not: their tests are skipped, in CI they fail. */
import { install, TOOL_NAMES } from './toolbox.js';

const outcomes = await Promise.all(TOOL_NAMES.map(async (tool) => [tool, await install(tool)] as const));
for (const [tool, why] of outcomes)
  if (why !== undefined) console.error(`What ${tool} makes cannot be tried: ${why}`);
