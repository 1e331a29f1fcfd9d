import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { buildProgram } from './program.ts';

const nothing = () => {};
const program = buildProgram(
  { print: nothing, warn: nothing, note: nothing, isTerminal: false, setExit: nothing },
  '0.0.0',
);
const commandsOf = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(commandsOf)];

describe('the help of ipam-cli', () => {
  it.each(commandsOf(program).map((command) => [command.name(), command] as const))(
    'of %s says what it does, and what each argument and option is',
    (_name, command) => {
      expect(command.description()).not.toBe('');
      for (const argument of command.registeredArguments)
        expect([argument.name(), argument.description]).not.toContain('');
      for (const option of command.options) expect([option.flags, option.description]).not.toContain('');
    },
  );
});
