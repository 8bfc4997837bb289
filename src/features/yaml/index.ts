export { preserveSourceText, WRITTEN_FIELDS } from './written-fields.js';
export { tooIntricate, type YamlLimits } from './yaml-limits.js';
export { yamlFaults, yamlProblem, yamlValueProblem } from './yaml-problems.js';
