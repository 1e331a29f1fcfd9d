import { IpamError } from '../resources/errors.ts';
import { ownValue } from '../resources/own-value.ts';
import { yamlValue } from '../resources/yaml.ts';
import { spiderpoolValues } from './spiderpool-chart-table.ts';
import { allOn, familiesOf } from './spiderpool-values.ts';

type Values = { readonly [key: string]: unknown };

/** Values of Spiderpool's Helm chart in the words of ours. */
export interface ConvertedValues {
  readonly values: Values;
  /** Of what has no counterpart, each by its place, and why. */
  readonly warnings: readonly string[];
}

/**
 * Translates a file of values, as somebody wrote it or as `helm get values --all` prints it. What is not said there is as our chart has it.
 * @param source the file's name, for errors
 * @throws IpamError invalid-config: the file is no object
 */
export function convertSpiderpoolValues(text: string, source: string): ConvertedValues {
  const said = yamlValue(text, source) ?? {};
  if (!isObject(said)) {
    throw new IpamError('invalid-config', `${source}: must be the values of Spiderpool's chart`, {
      advice: 'give the file that helm install has by --values, or what helm get values prints',
    });
  }
  const conversion = new Conversion(said);
  for (const [place, value] of saidPlaces(said)) conversion.take(place, value);
  conversion.takeTogether();
  return conversion;
}

class Conversion implements ConvertedValues {
  readonly values: Record<string, unknown> = {};
  readonly warnings: string[] = [];
  readonly #said: Values;
  /** Who said what stands at a place of ours. */
  readonly #by = new Map<string, string>();

  constructor(said: Values) {
    this.#said = said;
  }

  take(place: string, value: unknown): void {
    const row = ownValue(spiderpoolValues, place);
    if (row === undefined) {
      this.warnings.push(`${place}: Spiderpool's chart has no such value, or Berth does not know it`);
    } else if ('why' in row) {
      if (asksFor(value, row.usual)) this.warnings.push(`${place}: ${row.why}`);
    } else if ('to' in row && !isEmpty(value)) {
      const converted = row.value === undefined ? value : row.value(value);
      for (const to of row.to) this.#put(to, converted, place);
    }
  }

  takeTogether(): void {
    this.#takeFamilies();
    this.#takeAutomaticPools();
    for (const family of [4, 6] as const) this.#takeDefaultPool(family);
    this.#takeCertificate();
  }

  #takeFamilies(): void {
    const names = ['ipam.enableIPv4', 'ipam.enableIPv6'];
    const enabled = names.map((name) => this.#at(name));
    if (enabled.some((one) => one !== undefined)) {
      this.#put('controller.config.webhook.families', familiesOf(...enabled), names.join(', '));
    }
  }

  #takeAutomaticPools(): void {
    const names = ['ipam.spiderSubnet.enable', 'ipam.spiderSubnet.autoPool.enable'];
    const enabled = names.map((name) => this.#at(name));
    if (enabled.some((one) => one !== undefined)) {
      this.#put('controller.config.enableAutoPoolForApplication', allOn(...enabled), names.join(', '));
    }
  }

  /** What spiderpool-init makes: a default pool, and where subnets are on, the SpiderSubnet that it is cut from. */
  #takeDefaultPool(family: 4 | 6): void {
    const at = (name: string): unknown => this.#at(`clusterDefaultPool.${name.replace('?', String(family))}`);
    if (at('installIPv?IPPool') !== true || this.#at(`ipam.enableIPv${family}`) === false) return;
    const [subnet, ips, gateway] = ['ipv?Subnet', 'ipv?IPRanges', 'ipv?Gateway'].map(at);
    const spec = { subnet, ...(isEmpty(ips) ? {} : { ips }), ...(isEmpty(gateway) ? {} : { gateway }) };
    const names = `clusterDefaultPool.installIPv${family}IPPool`;
    if (isEmpty(subnet)) {
      this.warnings.push(`${names}: clusterDefaultPool.ipv${family}Subnet is missing: no pool is made`);
      return;
    }
    const pool = at('ipv?IPPoolName') ?? `default-v${family}-ippool`;
    this.#set(['pools', String(pool)], { ...spec, default: true });
    if (this.#at('ipam.spiderSubnet.enable') === false) return;
    this.#set(['subnets', String(at('ipv?SubnetName') ?? `default-v${family}-subnet`)], spec);
  }

  #takeCertificate(): void {
    const at = (name: string): unknown => this.#at(`spiderpoolController.tls.${name}`);
    const method = at('method');
    if (method === 'provided') this.#takeProvided(at);
    else if (method === 'certmanager') this.#takeCertManager(at);
    else if (method !== undefined && method !== 'auto') {
      this.warnings.push(
        `spiderpoolController.tls.method: must be provided, certmanager or auto (got ${JSON.stringify(method)})`,
      );
    }
  }

  /** Spiderpool's chart has them in base64, and makes the Secret of them. */
  #takeProvided(at: (name: string) => unknown): void {
    this.#set(['webhook', 'tls', 'source'], 'provided');
    const texts = { certificate: at('provided.tlsCert'), key: at('provided.tlsKey'), ca: at('provided.tlsCa') };
    for (const [name, text] of Object.entries(texts)) {
      if (!isEmpty(text)) this.#set(['webhook', 'tls', name], Buffer.from(String(text), 'base64').toString());
    }
    this.warnings.push(
      'spiderpoolController.tls.provided: the certificate must be for ipam-controller.NAMESPACE.svc, the Service of Berth',
    );
  }

  #takeCertManager(at: (name: string) => unknown): void {
    this.#set(['webhook', 'tls', 'source'], 'cert-manager');
    const issuer = at('certmanager.issuerName');
    if (!isEmpty(issuer)) this.#set(['webhook', 'tls', 'issuer'], { kind: 'Issuer', name: issuer });
    const days = at('certmanager.certValidityDuration');
    if (days !== undefined) this.#set(['webhook', 'tls', 'duration'], `${Number(days) * 24}h`);
  }

  #at(place: string): unknown {
    return place.split('.').reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), this.#said);
  }

  /** Where two of Spiderpool's values come to one of ours, the first counts. */
  #put(place: string, value: unknown, by: string): void {
    const steps = place.split('.');
    const before = this.#by.get(place);
    if (before === undefined) {
      this.#by.set(place, by);
      this.#set(steps, value);
    } else if (
      JSON.stringify(steps.reduce<unknown>((inner, key) => (inner as Values)[key], this.values)) !==
      JSON.stringify(value)
    ) {
      this.warnings.push(`${by}: ${place} is one value for all, and is what ${before} says`);
    }
  }

  #set(steps: readonly string[], value: unknown): void {
    let inner = this.values;
    for (const step of steps.slice(0, -1)) {
      inner[step] ??= {};
      inner = inner[step] as Record<string, unknown>;
    }
    inner[steps.at(-1) ?? ''] = value;
  }
}

/** What is said, by the places of the table: what is below one of them is of that one. */
function saidPlaces(said: Values, before = ''): readonly (readonly [place: string, value: unknown])[] {
  return Object.entries(said).flatMap(([key, value]): readonly (readonly [string, unknown])[] => {
    const place = before === '' ? key : `${before}.${key}`;
    const isSection = sections.has(place);
    return isSection && isObject(value) ? saidPlaces(value, place) : [[place, value]];
  });
}

const sections: ReadonlySet<string> = new Set(
  Object.keys(spiderpoolValues).flatMap((place) => {
    const steps = place.split('.');
    return steps.slice(1).map((_step, index) => steps.slice(0, index + 1).join('.'));
  }),
);

/** Does it ask for more than Spiderpool's chart has by itself? Of a part, what its `install` or `enabled` says. */
function asksFor(value: unknown, usual: unknown): boolean {
  if (isEmpty(value) || value === false || JSON.stringify(value) === JSON.stringify(usual)) return false;
  if (!isObject(value)) return value !== 0;
  const said = Object.entries(value);
  const turned = said.filter(([key]) => ['install', 'enabled', 'enable'].includes(key));
  if (turned.length > 0) return turned.some(([, one]) => one !== false);
  return said.some(([key, one]) => asksFor(one, isObject(usual) ? usual[key] : undefined));
}

function isEmpty(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '';
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
