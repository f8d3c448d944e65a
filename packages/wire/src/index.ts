export { type ConnectionOptions, parseResolve } from './connection.ts';
export { decoded } from './content-coding.ts';
export { type ExchangeOptions, exchange, type WireRequest, type WireResponse } from './exchange.ts';
export { type FieldLine, field, fieldLines } from './field-line.ts';
