/** Messages and stubs of EventStoreDB's protocol from `@eventstore/db-client`. Nothing else from that package is used; `wire.ts` explains why. */
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';

export { GossipClient } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
export { ServerFeaturesClient } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
export { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
export const { Empty, StreamIdentifier, UUID } = shared;
export const { AppendReq, BatchAppendReq, DeleteReq, ReadReq, TombstoneReq } = streams;
export const { MemberInfo } = gossip;
export type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
export type {
  AppendResp,
  BatchAppendReq as BatchMessage,
  BatchAppendResp as BatchResult,
  DeleteReq as DeleteMessage,
  ReadReq as ReadMessage,
  ReadResp,
  TombstoneReq as TombstoneMessage,
} from '@eventstore/db-client/generated/streams_pb.js';
