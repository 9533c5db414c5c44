export { Cascade, CASCADE_POSITION } from './cascade/cascade.js';
export { fenceAuthorityProviders, NOTHING_READ_BACK } from './fence/fence-authority.providers.js';
export { LocalChangeFence } from './fence/local-change-fence.js';
export { LogOfAuthority } from './fence/log-of-authority.js';
export { KeysModule } from './keys.module.js';
export { KEYS_PROJECTION, KeysProjection } from './projection/keys-projection.js';
export { LogRecordReader } from './fence/record-reader.js';
export { Relay } from './relay/relay.js';
export { TokenHashes } from './tokens/token-hashes.js';
