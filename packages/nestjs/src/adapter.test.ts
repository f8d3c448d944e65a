import { adapterSuite } from 'adapter-suite';
import { boot, platforms } from '../test/boot.ts';

for (const platform of platforms)
  adapterSuite(`@etag/nestjs on ${platform}`, (application) => boot(application, platform), undefined, {
    isNullEmpty: platform === 'express',
  });
