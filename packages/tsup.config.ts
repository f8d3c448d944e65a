import { defineConfig } from 'tsup';

// One build for every package: the files as they are written, so that what is installed reads like the source.
export default defineConfig({
  entry: ['src/**/*.ts', '!src/**/*.test.ts'],
  bundle: false,
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  dts: true,
  clean: true,
  removeNodeProtocol: false,
});
