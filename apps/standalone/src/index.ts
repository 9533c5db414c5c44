export { openDataStores } from './data-stores.js';
