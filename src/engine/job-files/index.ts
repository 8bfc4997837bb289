export { MAX_JOB_FILE_TEXT, readJobFile } from './read.js';
