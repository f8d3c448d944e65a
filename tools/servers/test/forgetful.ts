import { available, startNginx, startPostgres, startRedis } from '../src/index.ts';

const suite = 'a process that forgets its servers';

// Starts what servers there are, says where they are, and never stops them. Ends at once, or, when told to `stay`, not at all.
const servers = [
  await startPostgres(),
  await available(suite, () => startRedis()),
  await available(suite, () => startNginx((port) => `server { listen 127.0.0.1:${port}; }`)),
].filter((server) => server !== null);
console.log(JSON.stringify(servers.map(({ url }) => Number(new URL(url).port))));
if (process.argv[2] === 'stay') process.stdin.resume();
