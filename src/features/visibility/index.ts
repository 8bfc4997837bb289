export {
  accountName,
  ActorNames,
  nameOfActor,
  VisibleActors,
  type NamingParts,
  type VisibleActor,
} from './actors.js';
export {
  CREATIONS,
  VisibleObjects,
  type Actor,
  type ObjectKind,
  type VisibilityParts,
} from './visible-objects.js';
