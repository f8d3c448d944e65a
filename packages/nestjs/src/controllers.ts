import type { Type } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { type EtagModuleOptions, MODULE_OPTIONS_TOKEN } from './module-definition.js';

/** The controllers of the modules that one `EtagModule` is for. */
export type Controllers = ReadonlySet<unknown>;
export const CONTROLLERS = Symbol('@etag/nestjs controllers');

/** Finds them: a module has the `EtagModule` that it imports, else the global one, which Nest has every module import. */
export function controllersOf(modules: ModulesContainer, options: EtagModuleOptions): Set<Type> {
  const controllers = new Set<Type>();
  for (const { imports, controllers: own } of modules.values()) {
    const found = [...imports].filter(({ providers }) => providers.has(MODULE_OPTIONS_TOKEN));
    const nearest = found.find(({ isGlobal }) => !isGlobal) ?? found[0];
    if (nearest?.providers.get(MODULE_OPTIONS_TOKEN)?.instance !== options) continue;
    for (const { metatype } of own.values()) controllers.add(metatype as Type);
  }
  return controllers;
}
