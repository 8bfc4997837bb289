export { actorName, actorText, eventSentence, shortKey, skipSentence, withKey } from './event-sentence.js';
export { isFailure } from './failures.js';
export { filterWords, lackWords, verdictWords } from './placement-words.js';
export { whyBuild, whyEnvironment } from './why-environment.js';
export { whyTask, type ExplainedRun, type TaskState } from './why-task.js';
export {
  waitOf,
  whyAllocation,
  whyClaim,
  whyJob,
  whyNode,
  whyRequest,
  whyRun,
  whyService,
  type RepeatedPlacement,
  type Why,
} from './why.js';
