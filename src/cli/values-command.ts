import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { stringify } from 'yaml';
import type { ConvertedValues } from '../config/spiderpool-chart.ts';
import { CliError } from './cli-error.ts';
import { exitCodes } from './exit-codes.ts';
import { outputOf, type Run } from './run.ts';

const help = `
Values that have no counterpart are named beside the output, each with the reason. What the file does not say stays as our chart has it.

Example:
  helm get values spiderpool -n kube-system | ipam-cli helm-values --from spiderpool -f - > values.yaml
  helm install berth deploy/helm/berth -n berth-system --create-namespace --values values.yaml`;

/** `helm-values`: the values of somebody else's Helm chart in the words of ours. */
export function addValuesCommand(program: Command, run: Run): void {
  program
    .command('helm-values')
    .description("translate values of Spiderpool's Helm chart to those of Berth's")
    .addOption(new Option('--from <software>', 'whose they are').choices(['spiderpool']).makeOptionMandatory())
    .requiredOption('-f, --filename <file>', 'the values; "-" for standard input')
    .addHelpText('after', help)
    .action(async ({ filename }: { readonly filename: string }) => {
      const source = filename === '-' ? 'standard input' : filename;
      const { convertSpiderpoolValues } = await import('../config/spiderpool-chart.ts');
      const { values, warnings }: ConvertedValues = convertSpiderpoolValues(await read(filename), source);
      for (const warning of warnings) run.warn(warning);
      const isJson = outputOf(run).format === 'json';
      run.print(isJson ? `${JSON.stringify(values, null, 2)}\n` : stringify(values, { lineWidth: 0 }));
    });
}

/** @throws CliError usage */
async function read(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CliError(`cannot read ${file}: ${(error as Error).message}`, { code: 'usage', exit: exitCodes.usage });
  }
}
