export { admitOwnNames } from './admission.js';
export { OCTET_STREAM, prefersOctets, qualityOf } from './accept.js';
export { isForForeignPage } from './foreign-page.js';
export { goneSignal } from './gone.js';
export { HostNames, nameIn } from './host-names.js';
export { effectiveAccess, LOCAL_ACCESS, LocalConnections, type LocalAccess } from './local-access.js';
export { handleHeadRequests } from './head-requests.js';
export { NAMED_RESPONSES } from './named-response.js';
