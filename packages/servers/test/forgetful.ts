import { startNginx, startPostgres, startRedis } from '../src/index.ts';

// Starts servers, says where they are, and never stops them. Ends at once, or, when told to `stay`, not at all.
const servers = [
  await startPostgres(),
  await startRedis(),
  await startNginx((port) => `server { listen 127.0.0.1:${port}; }`),
];
console.log(JSON.stringify(servers.map(({ url }) => Number(new URL(url).port))));
if (process.argv[2] === 'stay') process.stdin.resume();
