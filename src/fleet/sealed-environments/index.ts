export {
  hasEnvironments,
  openEnvironment,
  openEnvironments,
  openGroup,
  sealEnvironment,
  sealEnvironments,
} from './environment.js';
export { withoutSecretWords } from './secret-words.js';
