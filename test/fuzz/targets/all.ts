import type { Target } from '../target.ts';
import { addresses } from './addresses.ts';
import { annotations } from './annotations.ts';
import { cniEnvironment } from './cni-environment.ts';
import { cniStdin } from './cni-stdin.ts';
import { cniWire } from './cni-wire.ts';
import { daemonConfigs } from './daemon-config.ts';
import { grpc } from './grpc.ts';
import { journalRecords } from './journal-records.ts';
import { manifests } from './manifests.ts';
import { rangeSets } from './range-sets.ts';

export const allTargets: readonly Target[] = [
  addresses,
  rangeSets,
  cniStdin,
  cniEnvironment,
  cniWire,
  grpc,
  daemonConfigs,
  manifests,
  journalRecords,
  annotations,
];
