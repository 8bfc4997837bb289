export {
  checkEvidence,
  compareWithCheckpoint,
  type KnownLeaves,
  leavesOfTiles,
  type LogDifference,
  readCheckpoint,
} from './audit.js';
export { checkpointText, parseCheckpoint, type TreeCheckpoint } from './checkpoint.js';
export { type FollowerState, TransparencyFollower } from './follower.js';
export { adoptionOrigin, describeFork, type LogFork } from './fork.js';
export { isCosignedBy, parseWitnessKey, type WitnessKey } from './cosignature.js';
export { KEPT_CHECKPOINT_FILE, noteInKept, signedSizeIn } from './kept-checkpoint.js';
export { openTreeWith } from './known-tree.js';
export { leafHash } from './hashing.js';
export { type LeafEvent, leafOf } from './leaf.js';
export {
  isSignedBy,
  noteSigner,
  type NoteSigner,
  type NoteVerifier,
  parseNote,
  parseVerifier,
} from './note.js';
export { logIdOf } from './log-id.js';
export { logOf, originFrom, originOf } from './origin.js';
export { isConsistent, rootFromInclusion } from './proof.js';
export { type AlteredEntry, describeAltered } from './recheck.js';
export { type Evidence, ServedTransparencyLog } from './served-log.js';
export { compareWithOwnTree, type OwnTreeComparison } from './own-tree.js';
export { type FollowerStatus, type RunningFollower, startTransparency } from './start.js';
export { parseTilePath, TILE_WIDTH, type TileName, tilePath, tilesOf, widthIn } from './tile-path.js';
export { TileStore } from './tile-store.js';
export { parseTlogProof, tlogProofText } from './tlog-proof.js';
export { consistencyProof, inclusionProof, RootBuilder, rootOf } from './tree.js';
export { Witnesses, type WitnessState } from './witnesses.js';
export {
  epochsOf,
  findLoss,
  isIn,
  type LogLoss,
  newestOwn,
  readSeen,
  type SeenLog,
  writeSeen,
} from './seen-log.js';
