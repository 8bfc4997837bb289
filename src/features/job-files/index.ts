export { MAX_JOB_FILES } from './parser-thread.js';
export { MAX_JOB_FILE_TEXT, readJobFile, readJobFilePart } from './read.js';
export { readStructuredText } from './structured.js';
export { type PlaceOf, placesOfText, placesOfYaml } from './places.js';
