/** Installs missing generators into `test/clients/build` and reports each failure. Tests of a missing generator are skipped, and fail in CI. */
import { install, TOOL_NAMES } from './toolbox.js';

const outcomes = await Promise.all(TOOL_NAMES.map(async (tool) => [tool, await install(tool)] as const));
for (const [tool, why] of outcomes)
  if (why !== undefined) console.error(`What ${tool} makes cannot be tried: ${why}`);
