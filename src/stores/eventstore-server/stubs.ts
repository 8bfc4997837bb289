/**
 * The messages of EventStoreDB's protocol, from the official client. They are imported only here so that both ends use the same fields and nothing is
 * generated twice. Values use the default import, because Node.js cannot detect the named exports of these CommonJS files.
 */
export { default as streams } from '@eventstore/db-client/generated/streams_pb.js';
export { default as streamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
export { default as shared } from '@eventstore/db-client/generated/shared_pb.js';
export { default as status } from '@eventstore/db-client/generated/status_pb.js';
export { default as gossip } from '@eventstore/db-client/generated/gossip_pb.js';
export { default as gossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
export { default as features } from '@eventstore/db-client/generated/serverfeatures_pb.js';
export { default as featuresService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
export { default as anyMessage } from 'google-protobuf/google/protobuf/any_pb.js';
export { default as emptyMessage } from 'google-protobuf/google/protobuf/empty_pb.js';
export type * as Streams from '@eventstore/db-client/generated/streams_pb.js';
export type * as Shared from '@eventstore/db-client/generated/shared_pb.js';
export type * as Gossip from '@eventstore/db-client/generated/gossip_pb.js';
export type * as Features from '@eventstore/db-client/generated/serverfeatures_pb.js';
