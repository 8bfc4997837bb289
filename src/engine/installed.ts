import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PACKAGE_FOLDER = fileURLToPath(new URL('../../../', import.meta.url));

/** How users type the command. Only a checkout uses npx: elsewhere that could fetch somebody else's package from the registry. `npm pack` adds the file. */
export const TYPED = existsSync(join(PACKAGE_FOLDER, 'npm-shrinkwrap.json')) ? 'muster' : 'npx muster';
