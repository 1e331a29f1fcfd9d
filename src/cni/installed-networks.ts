import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { IpamError, isIpamError } from '../resources/errors.ts';
import { goField } from '../resources/go-json.ts';
import { parseJsonText } from '../resources/json-text.ts';

/** A network as a runtime finds it in its folder: one plugin of it that has an `ipam` section. */
export interface InstalledNetwork {
  readonly file: string;
  readonly name: string;
  readonly ipamType: string;
  readonly config: Readonly<Record<string, unknown>>;
}

export interface InstalledNetworks {
  readonly networks: readonly InstalledNetwork[];
  /** Files that no runtime can read. */
  readonly warnings: readonly string[];
  /** The same, with why. */
  readonly unreadable: readonly { readonly file: string; readonly reason: IpamError }[];
}

/**
 * Networks of a file or of a folder. Of a folder libcni reads `.conflist`, `.conf` and `.json` and nothing else, by name; of
 * two networks of one name it takes the list. A file that cannot be read names no network to any runtime: the others count.
 * @throws IpamError invalid-config: a file that the caller names itself
 */
export function installedNetworks(path: string): InstalledNetworks {
  if (!existsSync(path)) {
    return { networks: [], warnings: [`${path}: there are no network configurations`], unreadable: [] };
  }
  if (!statSync(path).isDirectory())
    return { networks: networksOf(readJson(path), path), warnings: [], unreadable: [] };
  const networks: InstalledNetwork[] = [];
  const unreadable: { readonly file: string; readonly reason: IpamError }[] = [];
  for (const file of configFiles(path)) {
    try {
      networks.push(...networksOf(readJson(file), file));
    } catch (error) {
      if (!isIpamError(error)) throw error;
      unreadable.push({ file, reason: error });
    }
  }
  const warnings = unreadable.map(({ reason }) => `${reason.message}; it is passed over, as runtimes do`);
  return { networks, warnings, unreadable };
}

/** Lists first: libcni looks for a network among them before it looks at the others. */
function configFiles(directory: string): readonly string[] {
  const rank = (name: string): number => (extname(name) === '.conflist' ? 0 : 1);
  return namesIn(directory)
    .filter((name) => ['.conflist', '.conf', '.json'].includes(extname(name)))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map((name) => join(directory, name));
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new IpamError('invalid-config', `${directory}: ${(error as Error).message}`);
  }
}

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new IpamError('invalid-config', `${file}: ${(error as Error).message}`);
  }
  if (text.trim() === '') throw new IpamError('invalid-config', `${file} is empty`);
  return parseJsonText(text, file);
}

function networksOf(top: unknown, file: string): readonly InstalledNetwork[] {
  const name = goField(top, 'name');
  if (typeof name !== 'string') throw new IpamError('invalid-config', `${file} names no network`);
  const list = goField(top, 'plugins');
  const plugins = [...(Array.isArray(list) ? list : list === undefined ? [top] : []), ...pluginFiles(top, name, file)];
  return plugins.flatMap((plugin: unknown) => {
    const ipamType = goField(goField(plugin, 'ipam'), 'type');
    if (typeof ipamType !== 'string') return [];
    const config = { ...(plugin as object), name, cniVersion: goField(top, 'cniVersion') };
    return [{ file, name, ipamType, config }];
  });
}

/** Plugins of a list may have files of their own, in a folder that is named after the network (CNI 1.1). */
function pluginFiles(top: unknown, name: string, file: string): readonly unknown[] {
  const inlined = goField(top, 'loadOnlyInlinedPlugins');
  const isOdd = !/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name);
  if (extname(file) !== '.conflist' || isOdd || inlined === true || /^true$/i.test(String(inlined))) return [];
  const directory = join(dirname(file), name);
  return namesIn(directory)
    .filter((one) => extname(one) === '.conf')
    .toSorted()
    .map((one) => readJson(join(directory, one)));
}
