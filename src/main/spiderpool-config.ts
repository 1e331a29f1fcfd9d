import type { SettingRows } from '../config/setting.ts';
import { type SpiderpoolSaid, spiderpoolSaid } from '../config/spiderpool.ts';
import { textOfFile } from './server-program.ts';

/**
 * What Spiderpool's configuration and the environment of this process say of a program's settings.
 * @param file its conf.yml; undefined: only the environment says anything @throws IpamError invalid-config
 */
export function spiderpoolConfiguration(rows: SettingRows, file: string | undefined): SpiderpoolSaid {
  const environment = process.env;
  if (file === undefined) return spiderpoolSaid(rows, { environment });
  return spiderpoolSaid(rows, { file: { text: textOfFile(file, '--config-path'), source: file }, environment });
}
