export { type Application, type Settings, startApplication } from './application.ts';
export { type Exchange, exchange, type Write } from './exchange.ts';
export { type CompressingProxy, type MendedProxy, mended, proxies } from './proxy.ts';
