export { OWNERS_IN_MEMORY } from './owner-limit.js';
export { ValidationCounts } from './validation-counts.js';
export { ValidationModule } from './validation.module.js';
