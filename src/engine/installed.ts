import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of this program's package. */
export const PACKAGE_FOLDER = fileURLToPath(new URL('../../../', import.meta.url));

/** How the program is typed. Only in a checkout it is npx's: elsewhere that would ask the registry for somebody else's package. `npm pack` adds the file. */
export const TYPED = existsSync(join(PACKAGE_FOLDER, 'npm-shrinkwrap.json')) ? 'muster' : 'npx muster';
