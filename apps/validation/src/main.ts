import 'reflect-metadata';
import { readValidationSettings, runService } from '@app/distributed';
import { startValidation } from './validation-process.js';

await runService({ service: 'validation', read: readValidationSettings, start: startValidation }, { args: process.argv.slice(2), env: process.env });
