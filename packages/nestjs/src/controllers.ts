import type { Type } from '@nestjs/common';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { MetadataScanner, type ModulesContainer } from '@nestjs/core';

import { type EtagModuleOptions, MODULE_OPTIONS_TOKEN } from './module-options.ts';

type NestModule = ModulesContainer extends Map<string, infer M> ? M : never;

/** The controllers of the modules that one `EtagModule` is for. */
export type Controllers = ReadonlySet<unknown>;
export const CONTROLLERS = Symbol.for('@etag/nestjs controllers');

/** Finds them: a module has the `EtagModule` that it imports, else the global one, which Nest has every module import. */
export function controllersOf(modules: ModulesContainer, options: EtagModuleOptions): Set<Type> {
  const controllers = new Set<Type>();
  for (const module of modules.values()) {
    const found = [...importsOf(module)].filter(({ providers }) => providers.has(MODULE_OPTIONS_TOKEN));
    const nearest = found.find(({ isGlobal }) => !isGlobal) ?? found[0];
    if (nearest?.providers.get(MODULE_OPTIONS_TOKEN)?.instance !== options) continue;
    for (const { metatype } of module.controllers.values()) controllers.add(metatype as Type);
  }
  return controllers;
}

/** A method that answers requests, and where it is. */
export interface Handler {
  readonly controller: Type;
  readonly name: string;
  readonly value: (...args: unknown[]) => unknown;
}

/** Finds the handlers of controllers, inherited ones included. */
export function handlersOf(controllers: Iterable<Type>): Handler[] {
  const handlers = Array.from(controllers, (controller) =>
    new MetadataScanner()
      .getAllMethodNames(controller.prototype)
      .map((name) => ({ controller, name, value: controller.prototype[name] })),
  );
  return handlers.flat().filter(({ value }) => Reflect.hasMetadata(METHOD_METADATA, value));
}

/** The modules that a module imports, and those that they export in turn. */
function importsOf(module: NestModule): Set<NestModule> {
  const found = new Set(module.imports);
  // What is added is visited as well.
  for (const imported of found) {
    for (const further of imported.imports) if (imported.exports.has(further.metatype)) found.add(further);
  }
  return found;
}
