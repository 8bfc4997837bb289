export { actorName, actorText, eventSentence, shortKey, skipSentence, withKey } from './event-sentence.js';
export { filterWords, lackWords, verdictWords } from './placement-words.js';
export { whyBuild, whyEnvironment } from './why-environment.js';
export { whyTask, type ExplainedRun, type TaskState } from './why-task.js';
export { statusEventOf } from './since.js';
export { whyAllocation } from './why-allocation.js';
export { troublesOf, TROUBLES_TOLD, waitOf, whyJob, type ExplainedJob } from './why-job.js';
export { whyRun } from './why-run.js';
export { whyClaim, whyNode, whyRequest, whyService, type RepeatedPlacement, type Why } from './why.js';
