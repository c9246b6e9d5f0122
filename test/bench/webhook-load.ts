/** Posts over connections that are kept, so many at once; plain sockets, so that the load costs little beside the server. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Post } from './webhook-events.ts';

const HEAD_END = '\r\n\r\n';

export interface Turn {
  seconds: number;
  /** Of each request, in the order of the answers. */
  milliseconds: number[];
}

/** Sends every post, `atOnce` at a time. Throws at any answer but 200. */
export async function send(port: number, posts: readonly Post[], atOnce: number): Promise<Turn> {
  const sockets = await Promise.all(Array.from({ length: atOnce }, () => connected(port)));
  const milliseconds: number[] = [];
  let next = 0;
  const began = performance.now();
  await Promise.all(sockets.map((socket) => sendAll(socket, () => posts[next++], milliseconds)));
  const seconds = (performance.now() - began) / 1000;
  for (const socket of sockets) socket.destroy();
  return { seconds, milliseconds };
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setNoDelay().setEncoding('latin1');
  await once(socket, 'connect');
  return socket;
}

/** One connection: the next post goes out when the answer to the last is complete. */
function sendAll(socket: Socket, take: () => Post | undefined, milliseconds: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = '';
    let began = 0;
    const sendNext = (): void => {
      const post = take();
      if (!post) return resolve();
      answer = '';
      began = performance.now();
      socket.write(post.request);
    };
    socket.on('data', (text: string) => {
      answer += text;
      if (!isComplete(answer)) return;
      if (!answer.startsWith('HTTP/1.1 200')) return reject(new Error(`the server answered:\n${answer}`));
      milliseconds.push(performance.now() - began);
      sendNext();
    });
    socket.once('error', reject).once('close', () => reject(new Error('the server closed the connection')));
    sendNext();
  });
}

function isComplete(answer: string): boolean {
  const head = answer.indexOf(HEAD_END);
  if (head < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer)?.[1];
  return length === undefined ? answer.endsWith('\r\n0\r\n\r\n') : answer.length >= head + HEAD_END.length + Number(length);
}
