import { defineConfig } from 'vitest/config';
import { type Edit, edited, pathOf } from './src/mutants/edit.ts';

// The tests of the workspace, run on sources with one mistake in them.
const edit: Edit = JSON.parse(process.env.PROOF_EDIT ?? '');

export default defineConfig({
  root: pathOf(''),
  plugins: [
    {
      name: 'edit',
      enforce: 'pre',
      transform: (text, id) => (id.split('?')[0] === pathOf(edit.file) ? edited(text, edit) : undefined),
    },
  ],
  // What a file is without the mistake, or with another, is not remembered.
  test: { include: ['packages/*/src/**/*.test.ts'], testTimeout: 30_000, fsModuleCache: false },
});
