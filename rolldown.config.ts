import { defineConfig, type Plugin } from 'rolldown';

/**
 * V8 keeps a source that has one character outside of Latin-1, an ellipsis in a message, with two bytes for each of its characters,
 * for as long as the program runs (decision 8). In literals and patterns `\uXXXX` says the same.
 */
const oneByteForEach: Plugin = {
  name: 'one byte for each character',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      chunk.code = chunk.code.replaceAll(
        /[^\0-\xff]/g,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
    }
  },
};

/** What gets installed is one bundle for each program: it starts sooner and takes less memory (decision 8). */
export default defineConfig({
  input: [
    'src/main/ipam-daemon.ts',
    'src/main/ipam-controller.ts',
    'src/main/cilium-ipam-controller.ts',
    'src/main/ipam-cli.ts',
    'src/main/cni-plugin.ts',
    'src/main/install-cni.ts',
    'src/main/apply-resources.ts',
    'src/store/embedded/scan.ts',
  ],
  platform: 'node',
  plugins: [oneByteForEach],
  external: [
    // They bring a native module or files that they look for beside themselves.
    'lmdb',
    'grpc-health-check',
    /^@grpc\//,
    // Fastify loads them when a route has a schema, or when a test injects requests: here never (`src/api/no-schemas.ts`).
    '@fastify/ajv-compiler',
    '@fastify/fast-json-stringify-compiler',
    'light-my-request',
  ],
  output: {
    dir: 'build/main',
    format: 'esm',
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    cleanDir: true,
  },
});
