export { OWNERS_IN_MEMORY } from './owner-limit.js';
export { ValidationModule } from './validation.module.js';
