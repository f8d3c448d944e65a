import { adapterSuite } from 'adapter-suite';
import Koa2 from 'koa2';
import { boot } from '../test/boot.ts';

adapterSuite('@etag/koa, Koa 3', (application) => boot(application));
adapterSuite('@etag/koa, Koa 2', (application) => boot(application, new Koa2()));
