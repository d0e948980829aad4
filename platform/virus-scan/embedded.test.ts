import { expect, test } from '@jest/globals';
import { createLog, silentLog } from '../telemetry/log.js';
import { virusScanContract } from './contract.js';
import { EmbeddedVirusScan } from './embedded.js';

virusScanContract('embedded', () => Promise.resolve(new EmbeddedVirusScan(silentLog())));

test('it says that it is no scanner', () => {
  const lines: string[] = [];
  new EmbeddedVirusScan(createLog('info', { write: (line) => void lines.push(line) }));
  expect(lines.join()).toContain('PARLEY_CLAMD_ADDRESS');
});
