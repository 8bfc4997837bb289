import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const PACKAGE_FOLDER = fileURLToPath(new URL('../../../', import.meta.url));

/** The command as users type it. A checkout needs npx, and lacks this file, which `npm pack` adds to the package. */
export const TYPED = existsSync(join(PACKAGE_FOLDER, 'npm-shrinkwrap.json')) ? 'muster' : 'npx muster';
