import path from 'node:path';
import { httpDriver, type HttpConfig } from '#domain/drivers/http/index.js';
import type { DriverModule } from '../driver.js';
import { CallLog } from './call-log.js';
import { endpointsOfUrl, parseEndpointList } from '../../platform/endpoint-list.js';
import { HttpDriver } from './http-driver.js';
import { OwnParts } from './own-parts.js';
import { Reach } from './reach.js';
import { systemResolve } from './resolve.js';

export { makeCall } from './call.js';
export { connect } from './connection.js';
export { connectThrough, proxyFor } from './proxy.js';
export { endpointsOfUrl, endpointText, parseEndpointList } from '../../platform/endpoint-list.js';
export { OwnParts } from './own-parts.js';
export {
  CallError,
  ForbiddenTargetError,
  Reach,
  UnknownHostError,
  type Target,
  type Targets,
} from './reach.js';
export { systemResolve } from './resolve.js';

export const http: DriverModule<HttpConfig> = {
  definition: httpDriver,
  needs: 'nothing',
  limits: [],
  async open({ directory, clock, log, life, settings, ownParts }) {
    const own = new OwnParts(() => ownParts().flatMap(endpointsOfUrl), systemResolve);
    const kept = await CallLog.open(path.join(directory, 'http-calls.log'));
    return new HttpDriver({
      calls: kept,
      ...(settings.httpAllow !== undefined && { allowed: settings.httpAllow }),
      reach: new Reach(parseEndpointList(settings.httpAllow ?? ''), own, systemResolve),
      proxies: settings.httpProxies,
      clock,
      log,
      life,
    });
  },
};
