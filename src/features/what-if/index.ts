export type { WhatIfAnswer, WhatIfChange, WhatIfQuestion } from './question.js';
export { answerOf, startWhatIf, type WhatIfReads } from './start.js';
