import { registerHooks } from 'node:module';
import { builtOf } from './manifests.ts';

// The packages as they were built, not their sources: imported before what measures them, so that what is measured is what
// users get.
registerHooks({
  resolve: (specifier, context, nextResolve) => nextResolve(builtOf(specifier)?.href ?? specifier, context),
});
