import { path } from './config-values.ts';
import { settings } from './setting.ts';

/** Where Spiderpool's own configuration is. */
export const spiderpoolSettings = settings({
  spiderpoolConfig: {
    key: 'spiderpool.config',
    flag: 'config-path',
    argument: '<file>',
    schema: path,
    help: "conf.yml of Spiderpool's ConfigMap spiderpool-conf, for what nothing else says",
    more: "The flag is Spiderpool's. `SPIDERPOOL_...` in the environment counts before it; the log names what is not read ([Spiderpool's configuration](kubernetes.md#spiderpools-configuration)).",
  },
});
