export { orderOf } from './desired.js';
export { DeliveredOrders } from './delivered-orders.js';
export { createHearing, createHearingOverNats, shareLastSeen, type Hearing } from './hearing.js';
export { JobVersions } from './job-versions.js';
export { startPlacements, type LivePlacements } from './live-placements.js';
export {
  PARTS_TOLD,
  type AgentCall,
  type NodeAnswer,
  type NodeCommands,
  type NodeTelemetry,
} from './node-commands.js';
export type { CredentialSource } from './image-rights.js';
export { NodeDocuments, type DocumentSource } from './node-documents.js';
export { createNodeCommands } from './nodes.js';
export { RefusedAgents, type RefusedAgent } from './refused-agents.js';
export { reportCauses } from './report-causes.js';
export { record, type Recording } from './recording.js';
export { ServiceAddresses, serviceCalled } from './service-addresses.js';
export { TaskDefinitions } from './task-definitions.js';
export { logUnknownStatuses } from './unknown-statuses.js';
export { TaskResults } from './task-results.js';
export { LastSeen } from './last-seen.js';
export { serveAgentsOverNats, shareSeenOverNats } from './on-demand.js';
export { checkPlacements } from './placements-snapshot.js';
