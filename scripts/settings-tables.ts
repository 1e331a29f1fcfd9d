import { ciliumSettings } from '../src/config/cilium-settings.ts';
import { controllerSettings } from '../src/config/controller-settings.ts';
import { daemonSettings } from '../src/config/daemon-settings.ts';
import { type Setting, type SettingRows, textOf } from '../src/config/setting.ts';

/** Pages of docs/ with tables of settings. */
export const pagesWithSettings = ['daemon.md', 'controller.md', 'cluster.md', 'security.md', 'cilium.md'];

const programs: Readonly<Record<string, SettingRows>> = {
  daemon: daemonSettings,
  controller: controllerSettings,
  cilium: ciliumSettings,
};

/** `<!-- settings of daemon: raft. -->`, the table, `<!-- end of settings -->`: the keys that begin so, or all. */
const place = /(<!-- settings of (\w+)(?:: (\S+))? -->\n)[\s\S]*?(<!-- end of settings -->)/g;

/** The page with its tables as the rows have them. @throws Error: a table of no settings */
export function withSettings(page: string): string {
  return page.replace(place, (_all, begin: string, program: string, prefix: string | undefined, end: string) => {
    const rows = Object.values(programs[program] ?? {}).filter(
      ({ key = '' }) => prefix === undefined || key.startsWith(prefix),
    );
    if (rows.length === 0) throw new Error(`no setting of ${program} begins with ${prefix}`);
    return `${begin}| key | flag | default | |\n|---|---|---|---|\n${rows.map(line).join('')}${end}`;
  });
}

function line(row: Setting): string {
  const keys = [row.key, row.alias].filter((key) => key !== undefined).map((key) => `\`${key}\``);
  const flag = row.flag === undefined ? '' : `\`--${row.flag}\``;
  const value = row.default === undefined ? '' : `\`${textOf(row.default)}\``;
  const more = [row.more, row.live ? 'SIGHUP takes it.' : undefined].filter((one) => one !== undefined);
  const meaning = more.length === 0 ? row.help : `${row.help}. ${more.join(' ')}`;
  return `|${[keys.join(', '), flag, row.usual ?? value, meaning].map((cell) => (cell === '' ? ' ' : ` ${cell} `)).join('|')}|\n`;
}
