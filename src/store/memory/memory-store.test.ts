import { randomUUID } from 'node:crypto';
import { describeStoreConformance, forgetByChanging } from '../conformance.ts';
import { MemoryStore } from './memory-store.ts';

describeStoreConformance('memory', async () => {
  const keptChanges = 300;
  const store = new MemoryStore({ now: Date.now, newUid: randomUUID, keptChanges });
  return { store, forget: () => forgetByChanging(store, keptChanges), dispose: () => store.close() };
});
