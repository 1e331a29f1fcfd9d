import type { InterfaceRequest, PoolSource } from '../ipam/request.ts';
import { IpamError } from '../resources/errors.ts';
import type { Section, SectionOf } from './dialect.ts';
import { configurations, dialects } from './dialects.ts';
import { together } from './together.ts';

/** What a network's `ipam` section asks for, whichever dialects its keys are of. @throws IpamError invalid-config */
export function configuredRequest(
  section: Section,
  of: SectionOf,
): Pick<InterfaceRequest, 'source' | 'families'> & Partial<InterfaceRequest> {
  const said = dialects.flatMap(({ name, configuration }) =>
    configuration === undefined ? [] : [{ name, ...configuration.toRequest(section, of) }],
  );
  const subject = `network "${of.network}"`;
  const sources = said.flatMap((one) => one.sources ?? []);
  if (sources.length > 1) {
    const keys = sources.map(({ key }) => key).join(' and ');
    throw new IpamError('invalid-config', `${subject}: ipam names ${keys}; one of them must do`);
  }
  const [only] = sources;
  const asked = together(
    subject,
    said.map(({ name, sources: _, ...rest }) => [name, rest]),
  );
  return { families: [], ...asked, source: asMeant(only?.source() ?? { kind: 'default' }, of) };
}

/** Ranges are written alike for several programs, and one may have more to say of them. */
function asMeant(source: PoolSource, { type }: SectionOf): PoolSource {
  if (source.kind !== 'ranges') return source;
  const { besideRanges } = configurations.find(({ programs }) => programs.includes(type)) ?? {};
  return besideRanges === undefined ? source : { ...source, sets: besideRanges(source.sets) };
}
