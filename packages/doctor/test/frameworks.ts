import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { server as hapi } from '@hapi/hapi';
import { startPython, startRuby } from 'servers';
import { root, type Subject, scriptOf, startProgram, TEXT, versionOf } from './subject.ts';

// Frameworks that nobody here wrote, each with what it has itself for conditional requests.

const NOTE = JSON.stringify({ text: TEXT });

const DJANGO = `
import sys
from wsgiref.simple_server import make_server
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path

settings.configure(
    ALLOWED_HOSTS=['*'],
    ROOT_URLCONF=__name__,
    SECRET_KEY='of a test',
    MIDDLEWARE=['django.middleware.gzip.GZipMiddleware', 'django.middleware.http.ConditionalGetMiddleware'],
)
urlpatterns = [path('note', lambda request: JsonResponse({'text': 'hello ' * 600}))]
make_server('127.0.0.1', int(sys.argv[1]), get_wsgi_application()).serve_forever()
`;

const FLASK = `
import sys
from flask import Flask, jsonify, request

app = Flask(__name__)

@app.get('/note')
def note():
    response = jsonify(text='hello ' * 600)
    response.add_etag()
    return response.make_conditional(request)

app.run('127.0.0.1', int(sys.argv[1]))
`;

const RACK = `
require 'rack'
require 'json'

note = lambda do |env|
  return [404, {}, []] unless env['PATH_INFO'] == '/note'
  [200, { 'Content-Type' => 'application/json' }, [JSON.generate(text: 'hello ' * 600)]]
end
app = Rack::Builder.new do
  use Rack::Deflater
  use Rack::ConditionalGet
  use Rack::ETag
  run note
end
Rack::Handler::WEBrick.run(app, Host: '127.0.0.1', Port: ARGV[0].to_i, AccessLog: [])
`;

async function startHapi() {
  const app = hapi({ port: 0, host: '127.0.0.1' });
  app.route({ method: 'GET', path: '/note', handler: (_, h) => h.response(NOTE).type('application/json').etag('v1') });
  await app.start();
  return { url: `${app.info.uri}/note`, version: versionOf('@hapi/hapi'), stop: () => app.stop() };
}

async function startNext() {
  const folder = fileURLToPath(new URL('next', import.meta.url));
  const script = 'dist/bin/next';
  const env = { NEXT_TELEMETRY_DISABLED: '1' };
  await promisify(execFile)(process.execPath, [scriptOf('next', script), 'build', folder], {
    env: { ...process.env, ...env },
  });
  const args = (port: number) => ['start', folder, '-p', `${port}`, '-H', '127.0.0.1'];
  return startProgram({ name: 'next', script, args, path: '', env });
}

function startJsonServer() {
  const data = join(root, 'data.json');
  writeFileSync(data, JSON.stringify({ note: { text: TEXT } }));
  const args = (port: number) => [data, '--port', `${port}`, '--host', '127.0.0.1', '--quiet'];
  return startProgram({ name: 'json-server', script: 'lib/cli/bin.js', args, path: 'note' });
}

const ofServer = ({ url, version, stop }: { url: string; version: string; stop(): Promise<void> }) => ({
  url: `${url}/note`,
  version,
  stop,
});

/** Frameworks, and what is made with them. */
export const frameworks: readonly Subject[] = [
  {
    name: 'Django',
    kind: 'application',
    note: 'ConditionalGetMiddleware, GZipMiddleware',
    start: async () =>
      ofServer(await startPython('python3-django', DJANGO, 'import django; print(django.__version__)')),
  },
  {
    name: 'Flask',
    kind: 'application',
    note: 'add_etag, make_conditional',
    start: async () => ofServer(await startPython('python3-flask', FLASK, 'import flask; print(flask.__version__)')),
  },
  {
    name: 'Rack',
    kind: 'application',
    note: 'Rack::Deflater, Rack::ConditionalGet, Rack::ETag on WEBrick',
    start: async () => ofServer(await startRuby('ruby-rack', RACK, "require 'rack'; puts Rack.release")),
  },
  { name: 'hapi', kind: 'application', note: "response.etag('v1')", start: startHapi },
  { name: 'json-server', kind: 'application', start: startJsonServer },
  { name: 'Next.js', kind: 'application', note: 'a page with getServerSideProps', start: startNext },
];
