/*
 * SHA-256 (FIPS 180-4) in plain JavaScript, for pages served over plain http, where crypto.subtle does not exist.
 *
 *   SunlotSha256.hex(data)         64 lowercase hex digits of a Uint8Array, or of the UTF-8 of a string
 *   SunlotSha256.prefix(text)      a hash begun with a text of whole 64-byte blocks; its state is kept and used again:
 *     .words(tail)                 eight signed 32-bit words of the hash of text + tail (tail: ASCII); the same array each time
 *     .hex(tail)                   the same as 64 hex digits
 *   SunlotSha256.wordsToHex(words) eight words as 64 hex digits
 *
 * A draw takes one block per slip because its key K is exactly one block: only the block after it is computed anew.
 */
(function (root) {
  "use strict";

  var K = new Int32Array(64);
  var START = new Int32Array(8);
  var W = new Int32Array(64);
  var HEX = [];

  (function constants() {
    // The first 32 bits of the fractional parts of the cube roots and square roots of the first 64 and 8 primes.
    var primes = [];
    for (var n = 2; primes.length < 64; n += 1) {
      if (primes.every(function (p) { return n % p !== 0; })) { primes.push(n); }
    }
    function fraction(x) { return ((x - Math.floor(x)) * 4294967296) | 0; }
    for (var i = 0; i < 64; i += 1) { K[i] = fraction(Math.cbrt(primes[i])); }
    for (var j = 0; j < 8; j += 1) { START[j] = fraction(Math.sqrt(primes[j])); }
    for (var b = 0; b < 256; b += 1) { HEX.push((b < 16 ? "0" : "") + b.toString(16)); }
  })();

  /* Take the block that stands in W[0..15] into a state of eight words. */
  function compress(state) {
    var i, s0, s1, t1, t2, x, y;
    for (i = 16; i < 64; i += 1) {
      x = W[i - 15];
      y = W[i - 2];
      s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    var a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
    for (i = 0; i < 64; i += 1) {
      s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    state[0] = (state[0] + a) | 0; state[1] = (state[1] + b) | 0; state[2] = (state[2] + c) | 0;
    state[3] = (state[3] + d) | 0; state[4] = (state[4] + e) | 0; state[5] = (state[5] + f) | 0;
    state[6] = (state[6] + g) | 0; state[7] = (state[7] + h) | 0;
  }

  /* Take the bytes from `at` on, padded, into a state; `total` is the length of the whole message in bytes. */
  function finish(state, bytes, at, total) {
    var length = bytes.length;
    var i;
    while (at + 64 <= length) {
      for (i = 0; i < 16; i += 1, at += 4) {
        W[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
      }
      compress(state);
    }
    for (i = 0; i < 16; i += 1) { W[i] = 0; }
    for (i = 0; at < length; i += 1, at += 1) { W[i >> 2] |= bytes[at] << (24 - 8 * (i & 3)); }
    W[i >> 2] |= 0x80 << (24 - 8 * (i & 3));
    if (i > 55) {
      compress(state);
      for (i = 0; i < 14; i += 1) { W[i] = 0; }
    }
    W[14] = Math.floor(total / 536870912);
    W[15] = (total << 3) | 0;
    compress(state);
  }

  function wordsToHex(words) {
    var text = "";
    for (var i = 0; i < 8; i += 1) {
      var w = words[i];
      text += HEX[w >>> 24] + HEX[(w >>> 16) & 255] + HEX[(w >>> 8) & 255] + HEX[w & 255];
    }
    return text;
  }

  function hex(data) {
    var bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    var state = new Int32Array(START);
    finish(state, bytes, 0, bytes.length);
    return wordsToHex(state);
  }

  function Prefix(text) {
    this.size = text.length;
    this.begun = new Int32Array(START);
    this.state = new Int32Array(8);
    this.bytes = [];
    for (var at = 0; at < text.length; at += 64) {
      for (var i = 0; i < 16; i += 1) {
        W[i] = 0;
        for (var j = 0; j < 4; j += 1) { W[i] |= text.charCodeAt(at + 4 * i + j) << (24 - 8 * j); }
      }
      compress(this.begun);
    }
  }

  Prefix.prototype.words = function (tail) {
    var bytes = this.bytes;
    bytes.length = tail.length;
    for (var i = 0; i < tail.length; i += 1) { bytes[i] = tail.charCodeAt(i); }
    this.state.set(this.begun);
    finish(this.state, bytes, 0, this.size + tail.length);
    return this.state;
  };

  Prefix.prototype.hex = function (tail) { return wordsToHex(this.words(tail)); };

  root.SunlotSha256 = {
    hex: hex,
    wordsToHex: wordsToHex,
    prefix: function (text) {
      if (text.length % 64) { throw new Error("a prefix is whole blocks"); }
      return new Prefix(text);
    }
  };
})(typeof self === "undefined" ? this : self);
