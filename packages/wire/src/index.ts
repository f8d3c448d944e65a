export { type ConnectionOptions, parseResolve } from './connection.ts';
export { type DecodeOptions, decoded } from './content-coding.ts';
export { type ExchangeOptions, exchange, NotInTime, type WireRequest, type WireResponse } from './exchange.ts';
export { type FieldLine, field, fieldLines } from './field-line.ts';
