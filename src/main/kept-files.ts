import { join } from 'node:path';
import type { DaemonConfig } from '../config/daemon-config.ts';
import type { DaemonOptions } from '../daemon/daemon-options.ts';
import { KeptFile } from '../daemon/recovery/kept-file.ts';
import type { Position } from '../daemon/recovery/position.ts';
import type { LastKnownState } from '../daemon/view/last-known-state.ts';
import type { KeptUsage } from '../ipam/forecast/usage-record.ts';
import type { Log } from '../telemetry/log.ts';

/** What a daemon keeps in files beside its journal. @param isShared do others use the store as well? */
export function keptFiles(
  config: DaemonConfig,
  log: Log,
  isShared: boolean,
): Pick<DaemonOptions, 'lastKnownState' | 'position' | 'drain' | 'usage'> {
  const { dataDir, node } = config;
  return {
    ...(isShared ? { lastKnownState: lastKnownStateFile(config, log), position: positionFile(config, log) } : {}),
    drain: new KeptFile({ file: join(dataDir, 'drained.json'), of: node, log }),
    usage: usageFile(config, log),
  };
}

function lastKnownStateFile({ dataDir, engine, agent, node }: DaemonConfig, log: Log): KeptFile<LastKnownState> {
  const of = `${agent === undefined ? engine : 'agent'} ${node}`;
  return new KeptFile({ file: join(dataDir, 'last-seen.json'), of, log });
}

/** Of the very store that is configured: of another one nothing has been seen. */
function positionFile({ dataDir, engine, agent, etcd, kubeconfig, node }: DaemonConfig, log: Log): KeptFile<Position> {
  const of = JSON.stringify([engine, node, agent?.servers, etcd?.endpoints, etcd?.prefix, kubeconfig]);
  return new KeptFile({ file: join(dataDir, 'store-position.json'), of, log });
}

/** Of the pools of this engine, and of this node. */
function usageFile({ dataDir, engine, node }: DaemonConfig, log: Log): KeptFile<KeptUsage> {
  return new KeptFile({ file: join(dataDir, 'usage.json'), of: `${engine} ${node}`, log });
}
