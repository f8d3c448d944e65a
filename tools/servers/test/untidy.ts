import { listens } from '../src/ask.ts';
import { freePort } from '../src/ports.ts';
import { startProcess } from '../src/process.ts';

// Starts a server whose own children go on writing into the server's folder for a while after it, and is killed.
const port = await freePort();

/** Runs as each of them: in a session of its own, as the children of PostgreSQL do. */
const writer = `
  // By its parent it would not know the server, where that was killed before it came to look.
  const server = Number(process.argv[1]);
  for (let i = 0, last = Infinity; Date.now() < last; i++) {
    fs.writeFileSync(process.pid + '-' + i, '');
    if (process.ppid !== server) last = Math.min(last, Date.now() + 300);
  }`;

const program = `
  for (const _ of 'four') {
    child_process.spawn(process.execPath, ['--eval', ${JSON.stringify(writer)}, process.pid], { detached: true, stdio: 'ignore' });
  }
  const server = net.createServer((socket) => socket.on('error', () => {}).end());
  const waiting = setInterval(() => {
    if (fs.readdirSync('.').length < 1000) return;
    clearInterval(waiting);
    server.listen(${port}, '127.0.0.1');
  }, 5);`;

await startProcess({
  name: 'untidy',
  ports: [port],
  url: `tcp://127.0.0.1:${port}`,
  command: () => ({ file: process.execPath, args: ['--eval', program] }),
  ready: () => listens(port),
});
process.kill(process.pid, 'SIGKILL');
