export { Signal } from './signal.js';
export { BoundedCalls, type CallBounds } from './bounded-calls.js';
