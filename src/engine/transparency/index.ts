export {
  checkEvidence,
  compareWithCheckpoint,
  leavesOfTiles,
  readCheckpoint,
  type KnownLeaves,
  type LogDifference,
} from './audit.js';
export { checkpointText, parseCheckpoint, type TreeCheckpoint } from './checkpoint.js';
export { TransparencyFollower, type FollowerState } from './follower.js';
export { adoptionOrigin, describeFork, type LogFork } from './fork.js';
export { isCosignedBy, parseWitnessKey, type WitnessKey } from './cosignature.js';
export { KEPT_CHECKPOINT_FILE, noteInKept, signedSizeIn } from './kept-checkpoint.js';
export { openTreeWith } from './known-tree.js';
export { leafHash } from './hashing.js';
export { leafOf, type LeafEvent } from './leaf.js';
export {
  isSignedBy,
  noteSigner,
  parseNote,
  parseVerifier,
  type NoteSigner,
  type NoteVerifier,
} from './note.js';
export { logIdOf } from './log-id.js';
export { logOf, originFrom, originOf } from './origin.js';
export { isConsistent, rootFromInclusion } from './proof.js';
export { describeAltered, type AlteredEntry } from './recheck.js';
export { ServedTransparencyLog, type Evidence } from './served-log.js';
export { compareWithOwnTree, type OwnTreeComparison } from './own-tree.js';
export { startTransparency, type FollowerStatus, type RunningFollower } from './start.js';
export { parseTilePath, tilePath, tilesOf, TILE_WIDTH, widthIn, type TileName } from './tile-path.js';
export { TileStore } from './tile-store.js';
export { parseTlogProof, tlogProofText } from './tlog-proof.js';
export { consistencyProof, inclusionProof, RootBuilder, rootOf } from './tree.js';
export { Witnesses, type WitnessState } from './witnesses.js';
