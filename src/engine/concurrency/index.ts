export { Signal } from './signal.js';
export { BoundedCalls, type CallBounds } from './bounded-calls.js';
export { answerQuestions, OnDemandThread } from './on-demand-thread.js';
