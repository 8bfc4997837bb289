export { admitOwnNames, refusal } from './admission.js';
export { goneSignal } from './gone.js';
export { HostNames, nameIn, type HostNamesOptions } from './host-names.js';
export { effectiveAccess, LOCAL_ACCESS, LocalConnections, type LocalAccess } from './local-access.js';
export { handleHeadRequests } from './head-requests.js';
export { NAMED_RESPONSES } from './named-response.js';
