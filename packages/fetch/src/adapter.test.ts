import { adapterSuite } from 'adapter-suite';
import { boot } from '../test/boot.ts';

adapterSuite('@etag/fetch', boot, ['none'], { isComposed: true });
