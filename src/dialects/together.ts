import type { InterfaceRequest } from '../ipam/request.ts';
import { IpamError } from '../resources/errors.ts';

/** What one dialect says, by what messages call it. */
export type Said = readonly [name: string, asked: Partial<InterfaceRequest>];

/**
 * What several dialects say of one interface. Routes of the Pod add up; of all else one may speak, for nobody could tell
 * whom to believe.
 * @param subject whose words they are, for messages
 * @throws IpamError invalid-config
 */
export function together(subject: string, said: readonly Said[]): Partial<InterfaceRequest> {
  const speakers = new Map<string, string>();
  for (const [name, asked] of said) {
    for (const key of Object.keys(asked).filter((one) => one !== 'podRoutes')) {
      const other = speakers.get(key);
      if (other !== undefined) {
        throw new IpamError('invalid-config', `${subject}: ${other} and ${name} both say ${aspects[key as Aspect]}`, {
          advice: 'leave one of them out',
        });
      }
      speakers.set(key, name);
    }
  }
  const podRoutes = said.flatMap(([, asked]) => asked.podRoutes ?? []);
  return {
    ...Object.assign({}, ...said.map(([, asked]) => asked)),
    ...(podRoutes.length === 0 ? {} : { podRoutes }),
  };
}

type Aspect = Exclude<keyof InterfaceRequest, 'podRoutes'>;

const aspects: Readonly<Record<Aspect, string>> = {
  source: 'from which pools addresses come',
  families: 'of which IP families addresses are',
  requested: 'which addresses they are',
  stays: 'whether the addresses stay',
  stay: 'for how long its addresses stay',
  onlyMatching: 'whether pools for everybody will do',
  routes: 'what the routes are',
  defaultRoute: 'whether there is a default route',
  cleanGateway: 'whether there is a gateway',
};
