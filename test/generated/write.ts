import { writeClients } from './client-types.js';

await writeClients();
