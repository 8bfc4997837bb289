export { BoundedCalls, type CallBounds } from './bounded-calls.js';
