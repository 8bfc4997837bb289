import { writeClients } from './client-types.js';
import { writeJobFile } from './job-file.js';

await writeClients();
await writeJobFile();
