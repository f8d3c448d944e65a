import { adapterSuite } from 'adapter-suite';
// @ts-expect-error: it brings no types
import express4 from 'express4';
import { boot } from '../test/boot.ts';

adapterSuite('@etag/express, Express 5', (application) => boot(application));
adapterSuite('@etag/express, Express 4', (application) => boot(application, express4()));
