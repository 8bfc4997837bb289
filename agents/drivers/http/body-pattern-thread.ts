import { parentPort } from 'node:worker_threads';
import { RE2JS } from 're2js';
import type { PatternAnswer, PatternQuestion } from './body-pattern.js';

/** Thread that matches response bodies against patterns. RE2 takes linear time, but the worst pattern still takes seconds on a mebibyte of text. */
const say = (answer: PatternAnswer): void => parentPort?.postMessage(answer);

parentPort?.on('message', ({ pattern, text }: PatternQuestion) =>
  say(RE2JS.compile(pattern).matcher(text).find()),
);
say('ready');
