export { Claims } from './claims.js';
export { DirectoryModule } from './directory.module.js';
export { DIRECTORY_PROJECTION } from './directory-projection.js';
export { RemoteChangeFence } from './remote-change-fence.js';
