import { daemonConfig, readDaemonSettings } from '../../../src/config/daemon-config.ts';
import { daemonSettings } from '../../../src/config/daemon-settings.ts';
import { refusedOr, requireThat } from '../expected.ts';
import type { Target } from '../target.ts';
import { yamlTokens } from '../yaml-tokens.ts';

/** Longest that a timer of the runtime can wait; a longer one fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Words of the settings' keys. */
const settingKeys = Object.values(daemonSettings).flatMap((row) => ('key' in row ? row.key.split('.') : []));

/** daemon.yaml. */
export const daemonConfigs: Target = {
  name: 'daemon-config',
  dictionary: [
    ...yamlTokens,
    ...settingKeys,
    ...['debug', 'json', '/tmp'],
    ...['500ms', '1h', '999999999h', '1e3s', '0', '0.1ms', ':0', '[::]:9090', '0.0.0.0:65536'],
    ...['10.244.0.0/16', 'fd00::/56', ',', '31', '30', '126', '8', '128'],
  ],
  run: (input) => {
    const outcome = refusedOr(() => daemonConfig(readDaemonSettings(input.toString(), 'daemon.yaml', {})(), 'host'));
    if ('refused' in outcome) return outcome.refused;
    const { maintenanceIntervalMs, cooldownMs, blockSizes, node, clusterCidrs } = outcome.made;
    requireThat(maintenanceIntervalMs <= longestTimerMs, 'no timer waits so long', maintenanceIntervalMs);
    requireThat(Number.isFinite(cooldownMs) && cooldownMs >= 0, 'no time', cooldownMs);
    requireThat(Number.isInteger(blockSizes[4]) && Number.isInteger(blockSizes[6]), 'no lengths', blockSizes);
    requireThat(node !== '', 'a node without a name', node);
    return `taken, ${clusterCidrs.length} CIDRs`;
  },
};
