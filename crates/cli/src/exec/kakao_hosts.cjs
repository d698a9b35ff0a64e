// Leads connections to Kakao's hosts to the katok emulator: Node's own fetch and https know no proxy.
'use strict';

const net = require('node:net');

const HOSTS = KATOK_HOSTS;
const PORT = KATOK_PORT;

function led(options) {
  if (options === null || typeof options !== 'object' || Number(options.port) !== 443) return options;
  const host = String(options.host).toLowerCase();
  return HOSTS.includes(host) ? { ...options, host: '127.0.0.1', port: PORT } : options;
}

const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function (...args) {
  if (Array.isArray(args[0])) {
    // As net.connect() passes them on, with a mark on the list.
    args[0][0] = led(args[0][0]);
  } else if (typeof args[0] === 'object') {
    args[0] = led(args[0]);
  } else if (typeof args[1] === 'string') {
    args.splice(0, 2, led({ port: args[0], host: args[1] }));
  }
  return connect.apply(this, args);
};
