import { rateLimiterContract } from './contract.js';
import { EmbeddedRateLimiter } from './embedded.js';

rateLimiterContract('embedded', async () => new EmbeddedRateLimiter());
