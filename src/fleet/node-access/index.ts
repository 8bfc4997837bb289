export { DEFAULT_ENROLMENT_LIMITS, Enrolments, type EnrolmentLimits } from './enrolments.js';
export { NodeAccess, type NamedCredential } from './node-access.js';
export { authenticateNodes } from './node-authenticator.js';
