import 'reflect-metadata';
import { readValidationSettings, runService } from '@app/distributed';
import { startValidation } from './validation-process.js';

await runService('validation', () => readValidationSettings(process.env), startValidation);
