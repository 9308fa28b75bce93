import type { Duplex } from 'node:stream';
import { sentence } from '@plinth/contract';

/**
 * Answers what Node could not read as a request, with the protocol's error document, and ends the connection.
 * For a server's `clientError`.
 * @param maxHeaderSize in bytes, for the sentence
 */
export function answerBadHttp(error: NodeJS.ErrnoException, socket: Duplex, maxHeaderSize: number): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [status, why] = reason(error, maxHeaderSize);
  const finding = { code: 'bad-http', what: 'it cannot be read', where: 'request', why, cure: 'correct the request' };
  const body = JSON.stringify({ error: sentence(finding) });
  const head = [
    `HTTP/1.1 ${status}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function reason(error: NodeJS.ErrnoException, maxHeaderSize: number): [status: string, why: string] {
  switch (error.code) {
    case 'HPE_HEADER_OVERFLOW':
      return ['431 Request Header Fields Too Large', `its header is larger than ${maxHeaderSize} bytes`];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return ['408 Request Timeout', 'it did not arrive in time'];
    default:
      return ['400 Bad Request', `it is not HTTP (${error.message})`];
  }
}
