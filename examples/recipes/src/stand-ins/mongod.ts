import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { aggregate, Query } from 'mingo';
import { BSON, type Document } from 'mongodb';

// What a test on this shows: that the real driver sends these commands, with a number for each write, and reads these
// answers; and that filters and updates mean what another implementation of MongoDB's language takes them to mean. What it
// does not show: MongoDB itself, its storage, its elections, its transactions, its majorities.

const OP_MSG = 2013;
/** Length, number of the message, number of what it answers, code; then flags, and the kind of the one section. */
const HEAD_BYTES = 21;

/** A stand-in for the primary of a replica set. */
export interface Mongod {
  readonly port: number;
  /** The commands that were read, of one name. */
  commands(name: string): Document[];
  close(): void;
}

/**
 * A server that speaks MongoDB's wire protocol, keeps documents in memory, and answers a write that it has done already
 * with what came of it. The client has to be opened with `serverApi`, since it then begins by an OP_MSG.
 *
 * @see https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
export async function startMongod(): Promise<Mongod> {
  const documents = new Map<unknown, Document>();
  const answers = new Map<string, Document>();
  const seen: Document[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let read = Buffer.alloc(0);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => {
      read = Buffer.concat([read, bytes]);
      while (read.length >= 4 && read.length >= read.readInt32LE(0)) {
        const message = read.subarray(0, read.readInt32LE(0));
        read = read.subarray(message.length);
        const command = BSON.deserialize(message.subarray(HEAD_BYTES));
        seen.push(command);
        socket.write(encoded(message.readInt32LE(4), onceByNumber(command)));
      }
    });
  });

  /** Does a write that has a number once. */
  function onceByNumber(command: Document): Document {
    if (command.txnNumber === undefined) return answerTo(command);
    const number = `${command.lsid.id.toString('hex')} ${command.txnNumber}`;
    const answer = answers.get(number) ?? answerTo(command);
    answers.set(number, answer);
    return answer;
  }

  function answerTo(command: Document): Document {
    if (command.hello || command.ismaster) return { ok: 1, ...HELLO, hosts: [address()], me: address() };
    if (command.find)
      return { ok: 1, cursor: { id: BSON.Long.ZERO, ns: 'test.notes', firstBatch: matching(command.filter) } };
    if (command.insert) return inserted(command.documents[0]);
    if (command.findAndModify) {
      const value = matching(command.query).map((document) => updated(document, command.update))[0] ?? null;
      return { ok: 1, value, lastErrorObject: { n: value ? 1 : 0, updatedExisting: value !== null } };
    }
    if (command.delete) {
      const found = matching(command.deletes[0].q);
      for (const { _id } of found) documents.delete(keyOf(_id));
      return { ok: 1, n: found.length };
    }
    return { ok: 1 };
  }

  const matching = (filter: Document) => {
    const found = documents.get(keyOf(filter._id));
    return found && new Query(filter).test(found) ? [found] : [];
  };

  function inserted(document: Document): Document {
    const { _id } = document;
    if (documents.has(keyOf(_id))) {
      const error = {
        index: 0,
        code: 11_000,
        errmsg: 'E11000 duplicate key',
        keyPattern: { _id: 1 },
        keyValue: { _id },
      };
      return { ok: 1, n: 0, writeErrors: [error] };
    }
    documents.set(keyOf(_id), document);
    return { ok: 1, n: 1 };
  }

  function updated(document: Document, pipeline: Document[]): Document {
    const [result = document] = aggregate([document], pipeline) as Document[];
    documents.set(keyOf(document._id), result);
    return result;
  }

  const address = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    commands: (name) => seen.filter((command) => command[name] !== undefined),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

const HELLO = {
  isWritablePrimary: true,
  setName: 'stand-in',
  setVersion: 1,
  maxBsonObjectSize: 16 * 1024 * 1024,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  logicalSessionTimeoutMinutes: 30,
  minWireVersion: 0,
  maxWireVersion: 25,
};

/** An `_id` as the key of a map: an ObjectId is another object each time. */
const keyOf = (id: unknown) => JSON.stringify(id);

function encoded(answers: number, document: Document): Buffer {
  const body = BSON.serialize(document);
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeInt32LE(HEAD_BYTES + body.length, 0);
  head.writeInt32LE(answers, 8);
  head.writeInt32LE(OP_MSG, 12);
  return Buffer.concat([head, body]);
}
