export { type Reading, readWritten, withWritten, Written } from './written-texts.js';
