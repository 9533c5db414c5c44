export { IdentifierHashes } from './hashing/identifier-hashes.js';
export { DirectoryModule } from './directory.module.js';
export { DIRECTORY_PROJECTION } from './queries/directory-projection.js';
export { RemoteChangeFence } from './remote-change-fence.js';
