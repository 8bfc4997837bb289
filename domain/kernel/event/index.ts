export * from './aggregate.js';
export * from './decider.js';
export * from './definition.js';
export * from './metadata.js';
export * from './recorded.js';
export * from './state-after.js';
export * from './state-codec.js';
export { readMetadata } from './stored-metadata.js';
export * from './stream-name.js';
