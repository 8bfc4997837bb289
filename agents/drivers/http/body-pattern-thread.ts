import { parentPort } from 'node:worker_threads';
import { RE2JS } from 're2js';
import type { PatternAnswer, PatternQuestion } from './body-pattern.js';

/** The thread that holds answers against patterns: linear in the text, and still seconds for the worst pattern on a mebibyte. */
const say = (answer: PatternAnswer): void => parentPort?.postMessage(answer);

parentPort?.on('message', ({ pattern, text }: PatternQuestion) => say(RE2JS.compile(pattern).matcher(text).find()));
say('ready');
