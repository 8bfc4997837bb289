import { writeJobFile } from './job-file.js';

await writeJobFile();
