export { IdentifierHashes } from './hashing/identifier-hashes.js';
export { DirectoryModule } from './directory.module.js';
export { HASH_THREAD, PasswordHasher } from './passwords/password-hasher.js';
export { DIRECTORY_PROJECTION } from './queries/directory-projection.js';
export { RemoteChangeFence } from './remote-change-fence.js';
