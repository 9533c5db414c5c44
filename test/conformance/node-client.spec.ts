import { openNodeClient } from './node-client.js';
import { runProductCases } from './product-cases.js';

runProductCases('@propelauth/node-apis', openNodeClient);
