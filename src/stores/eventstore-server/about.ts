import type { handleUnaryCall } from '@grpc/grpc-js';
import type { WireContext } from './context.js';
import { writeUuid } from './names.js';
import { statusOf } from './status.js';
import { features, gossip, type Features, type Gossip } from './stubs.js';

const SPOKEN_VERSION = '23.10.6';

const METHODS: readonly (readonly [service: string, method: string, features?: readonly string[]])[] = [
  ['event_store.client.streams.streams', 'read', ['position', 'events']],
  ['event_store.client.streams.streams', 'append'],
  ['event_store.client.streams.streams', 'delete'],
  ['event_store.client.streams.streams', 'tombstone'],
  ['event_store.client.streams.streams', 'batchappend', ['deadline_duration']],
  ['event_store.client.gossip.gossip', 'read'],
  ['event_store.client.server_features.serverfeatures', 'getsupportedmethods'],
];

/** ServerFeatures.GetSupportedMethods: lists the supported methods, so that clients do not try persistent subscriptions, projections or users. */
export function featuresCall(context: WireContext): handleUnaryCall<unknown, Features.SupportedMethods> {
  return (call, callback) => {
    try {
      context.mayAsk(call);
      const methods = METHODS.map(([service, method, list = []]) =>
        new features.SupportedMethod()
          .setServiceName(service)
          .setMethodName(method)
          .setFeaturesList([...list]),
      );
      callback(
        null,
        new features.SupportedMethods().setEventStoreServerVersion(SPOKEN_VERSION).setMethodsList(methods),
      );
    } catch (error) {
      callback(statusOf(error));
    }
  };
}

/** Gossip.Read: reports a single node, the leader, at the address that the caller used. */
export function gossipCall(
  context: WireContext,
  instance: string,
  port: number,
): handleUnaryCall<unknown, Gossip.ClusterInfo> {
  return (call, callback) => {
    try {
      context.mayAsk(call);
      const { hostname } = new URL(`http://${call.getHost()}`);
      const member = new gossip.MemberInfo()
        .setInstanceId(writeUuid(instance, false))
        .setTimeStamp(`${context.clock.now()}0000`)
        .setState(gossip.MemberInfo.VNodeState.LEADER)
        .setIsAlive(true)
        .setHttpEndPoint(new gossip.EndPoint().setAddress(hostname.replace(/^\[|\]$/g, '')).setPort(port));
      callback(null, new gossip.ClusterInfo().setMembersList([member]));
    } catch (error) {
      callback(statusOf(error));
    }
  };
}
