export { openDataStores } from './data-stores.js';
export { localAuthUrl } from './first-start.js';
