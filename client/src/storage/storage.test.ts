import 'fake-indexeddb/auto';
import { indexedDbStorage } from './indexed-db.js';
import { memoryStorage } from './memory.js';
import { storageContract } from './contract.js';

const memory = memoryStorage();
storageContract('memory', () => memory);
storageContract('IndexedDB', () => indexedDbStorage('contract'));
