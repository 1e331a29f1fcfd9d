import { type ChangedSettings, changedSettings, withLive } from '../config/changed-settings.ts';
import type { SettingRows } from '../config/setting.ts';
import { isIpamError } from '../resources/errors.ts';
import type { Log } from '../telemetry/log.ts';

/** Where a program's configuration comes from, as often as it is asked for. */
export interface Configuration<Config> {
  readonly rows: SettingRows;
  /** What it goes by since its start. */
  readonly settings: object;
  /** Reads file and flags again. @throws IpamError invalid-config */
  read(): { readonly config: Config; readonly settings: object };
}

/**
 * SIGHUP: reads the configuration again. One that cannot be used changes nothing.
 * @param take has the program go by what it can take while it runs
 */
export function onHangup<Config>(configuration: Configuration<Config>, log: Log, take: (config: Config) => void): void {
  process.on('SIGHUP', reread(configuration, log, take));
}

export function reread<Config>(
  { rows, settings: atStart, read }: Configuration<Config>,
  log: Log,
  take: (config: Config) => void,
): () => void {
  let running = atStart;
  return () => {
    try {
      const { config, settings } = read();
      const changed = changedSettings(rows, running, settings);
      take(config);
      running = withLive(rows, running, settings);
      tell(changed, log);
    } catch (error) {
      if (!isIpamError(error)) throw error;
      const message = 'SIGHUP: the configuration cannot be used; going on with the one before';
      log.error({ err: error, hint: error.advice }, message);
    }
  };
}

function tell({ live, atStart }: ChangedSettings, log: Log): void {
  log.info({ taken: live }, 'SIGHUP: the configuration was read, and log and certificate files opened, anew');
  if (atStart.length > 0) log.warn({ settings: atStart }, 'SIGHUP: changed settings that only a restart takes');
}
