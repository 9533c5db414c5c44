import 'reflect-metadata';
import { readGatewaySettings, runService } from '@app/distributed';
import { startGateway } from './gateway-process.js';

await runService('gateway', () => readGatewaySettings(process.env), startGateway);
