export { preserveSourceText, WRITTEN_FIELDS } from './written-fields.js';
export { type Reading, readWritten, withWritten } from './written-texts.js';
export { yamlFaults, yamlProblem, yamlValueProblem } from './yaml-problems.js';
export { tooIntricate, type YamlLimits } from './yaml-limits.js';
